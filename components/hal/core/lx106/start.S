/*
 * Reset, exceptions and the one interrupt of an Xtensa core with the call0 ABI. Vectors stand at fixed offsets from
 * VECBASE, which is set to them: those of the LX106, or of the ESP32 family's cores.
 */
#ifdef ARCH_ESP8266
#define DEBUG 0x10
#define NMI 0x20
#define KERNEL 0x30
#define USER 0x50
#define DOUBLE 0x70
#define END 0x80
#else
#define DEBUG 0x280
#define NMI 0x2C0
#define KERNEL 0x300
#define USER 0x340
#define DOUBLE 0x3C0
#define END 0x400
#endif

	.section .vectors, "ax"
	.literal_position
	.align	1024
	.global	_vectors
_vectors:
	.org	DEBUG
	j	fault			/* debug */
	.org	NMI
	j	fault			/* NMI */
	.org	KERNEL
	j	exception		/* kernel mode: PS.UM is 0 */
	.org	USER
	j	exception		/* user mode */
	.org	DOUBLE
	j	fault			/* double */
	.org	END

	.section .iram.start, "ax"
	.literal_position
	.align	4
	.global	_start
_start:
	movi	a2, 0x2F		/* PS.UM, no windows, interrupts up to level 15 held off */
	wsr	a2, ps
	rsync
#ifndef ARCH_ESP8266
	/* The ROM used register windows. The first is ours, and no other is in use. This core's assembler does not know
	 * the two registers: wsr a2, windowbase; wsr a3, windowstart */
	movi	a2, 0
	movi	a3, 1
	.byte	0x20, 72, 0x13
	.byte	0x30, 73, 0x13
	rsync
#endif
	movi	a2, _vectors
	wsr	a2, vecbase
	movi	a2, 0
	wsr	a2, intenable
	rsync
	movi	a1, _stack_end
	movi	a0, 0
#ifdef ARCH_ESP8266
	movi	a2, chip_boot		/* the rest is in flash, which the ROM has not mapped */
	callx0	a2
	movi	a0, 0
#endif
	movi	a2, chip_run
	callx0	a2
1:	j	1b

/* The timer's interrupt does nothing but end `waiti`: it is switched off until the next chip_wait(). */
	.align	4
exception:
	wsr	a2, excsave1
	rsr	a2, exccause
	addi	a2, a2, -4		/* 4: level 1 interrupt */
	bnez	a2, fault
	movi	a2, 0
	wsr	a2, intenable
	rsync
	rsr	a2, excsave1
	rfe

/* chip_fault("exception", {cause, pc, address, a0, a1}, 5, a1): a2 is lost */
	.align	4
fault:
	addi	a1, a1, -32
	s32i	a0, a1, 12
	rsr	a2, exccause
	s32i	a2, a1, 0
	rsr	a2, epc1
	s32i	a2, a1, 4
	rsr	a2, excvaddr
	s32i	a2, a1, 8
	addi	a5, a1, 32
	s32i	a5, a1, 16
	movi	a2, 0x2F
	wsr	a2, ps
	rsync
	movi	a2, text
	mov	a3, a1
	movi	a4, 5
	movi	a0, chip_fault
	callx0	a0

/* void chip_wait(uint32_t cycles): sleep until the timer's interrupt */
	.align	4
	.global	chip_wait
chip_wait:
	rsr	a3, ccount
	add	a3, a3, a2
	wsr	a3, ccompare0
	movi	a3, 0x40		/* interrupt 6 */
	wsr	a3, intenable
	rsync
	waiti	0
	movi	a3, 0x2F
	wsr	a3, ps
	rsync
	ret

/* int chip_simcall(int number, int a, int b, int c): QEMU's system calls */
	.align	4
	.global	chip_simcall
chip_simcall:
	simcall
	ret

/* uint32_t chip_cycles(void) */
	.align	4
	.global	chip_cycles
chip_cycles:
	rsr	a2, ccount
	ret

	.section .rodata.fault, "a"
	.align	4
text:	.asciz	"exception"
