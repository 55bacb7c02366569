/* Entry on an lx106 core without an operating system: a stack, interrupts off, and on to C. Calls are call0. */
	.section .entry, "ax"
	.literal_position
	.global _start
_start:
	movi	a1, 0x3ffffff0
	movi	a0, 0
	movi	a2, 0x20
	wsr	a2, ps
	rsync
	call0	run
1:	j	1b

/* int simcall(int number, int a, int b, int c): QEMU's system calls, arguments in a2 to a5 */
	.text
	.literal_position
	.align	4
	.global simcall
simcall:
	simcall
	ret
