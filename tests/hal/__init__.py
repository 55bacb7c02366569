"""What chips have in place of a C library's and a compiler's support, tested on this machine."""
