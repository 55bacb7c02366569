/*
 * Options of lwIP on every chip. What depends on the RAM stands at the end.
 */
#pragma once

/* One thread, polled, raw API */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

/* IPv4 over one point-to-point link */
#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_HAVE_LOOPIF 0
#define LWIP_NETIF_LOOPBACK 0
#define IP_FORWARD 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_RAW 0
#define LWIP_ICMP 1
#define LWIP_UDP 1
#define LWIP_TCP 1

#define LWIP_DNS 1
/* A source port and an id by chance: answers cannot be forged by guessing */
#define LWIP_DNS_SECURE (LWIP_DNS_SECURE_RAND_XID | LWIP_DNS_SECURE_RAND_SRC_PORT)
#define DNS_TABLE_SIZE 4
#define DNS_MAX_NAME_LENGTH 254
#define DNS_MAX_SERVERS 2

/* All memory comes from the one heap, as it is needed: nothing is set aside */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 4
#define mem_clib_malloc lwip_port_allocate
#define mem_clib_calloc lwip_port_allocate_zeroed
#define mem_clib_free lwip_port_release

#define LWIP_STATS 0
#define LWIP_CHKSUM_ALGORITHM 3
#define LWIP_TIMERS 1

/* Sequence numbers that outsiders cannot guess: drawn by chance */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) lwip_port_random()

/* A serial line keeps the order, so what comes out of order follows a loss: it is sent again anyway */
#define TCP_QUEUE_OOSEQ 0
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 8
#define LWIP_TCP_TIMESTAMPS 0
/* On a point-to-point link nothing old comes late: 2 MSL are 4 s */
#define TCP_MSL 2000
/* Bytes added to a segment so that small writes find room in it */
#define TCP_OVERSIZE 128
#define LWIP_TCP_KEEPALIVE 0
#define LWIP_CALLBACK_API 1

/* Each connection may hold the window in received and the send buffer in unacknowledged bytes */
#if defined(ARCH_ESP8266)
#define TCP_MSS 536
#define TCP_WND (4 * TCP_MSS)
#define TCP_SND_BUF (3 * TCP_MSS)
#define TCP_SND_QUEUELEN 12
#define MEMP_NUM_TCP_SEG 24
#elif defined(ARCH_ESP32)
/* The code lies in RAM, too: an ESP32-S2 has some 60 KB left, and two 16 KB records go through it */
#define TCP_MSS 1460
#define TCP_WND (3 * TCP_MSS)
#define TCP_SND_BUF (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 12
#define MEMP_NUM_TCP_SEG 24
#else
#define TCP_MSS 1460
#define TCP_WND (6 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 24
#define MEMP_NUM_TCP_SEG 48
#endif
#define PBUF_POOL_BUFSIZE (TCP_MSS + 40 + 16)
