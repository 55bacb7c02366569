/*
 * RP2040: the second stage of the boot ROM, the first 256 bytes of flash. The ROM copies it to RAM and runs it, if
 * its last word is the CRC-32 of the rest (RP2040 datasheet §2.8.1.3.1; a test computes it). It sets the serial
 * interface up so that flash is mapped at 0x10000000, with the plain read command (0x03) that every flash chip has,
 * and goes to the program's vector table behind it.
 */
	.syntax	unified
	.cpu	cortex-m0plus
	.thumb

	/* DW_apb_ssi, §4.10.13 */
	.equ	SSI, 0x18000000
	.equ	CTRLR0, 0x00
	.equ	CTRLR1, 0x04
	.equ	SSIENR, 0x08
	.equ	BAUDR, 0x14
	.equ	SPI_CTRLR0, 0xF4
	.equ	CTRLR0_VALUE, (31 << 16) | (3 << 8)	/* 32 bits at a time; command, then read */
	.equ	SPI_CTRLR0_VALUE, (0x03 << 24) | (2 << 8) | (6 << 2)	/* 8 bits of command, 24 of address */
	.equ	PROGRAM, 0x10000100
	.equ	VTOR, 0xE000ED08

	.section .boot2, "ax"
	.thumb_func
	.global	boot2
boot2:
	ldr	r3, =SSI
	movs	r1, #0
	str	r1, [r3, #SSIENR]		/* off: otherwise it takes no settings */
	movs	r1, #4
	str	r1, [r3, #BAUDR]		/* a quarter of the system clock, at 125 MHz 31 MHz */
	ldr	r1, =CTRLR0_VALUE
	str	r1, [r3, #CTRLR0]
	ldr	r1, =SPI_CTRLR0_VALUE
	ldr	r0, =SSI + SPI_CTRLR0
	str	r1, [r0]
	movs	r1, #0
	str	r1, [r3, #CTRLR1]		/* one word at a time */
	movs	r1, #1
	str	r1, [r3, #SSIENR]
	ldr	r0, =PROGRAM
	ldr	r1, =VTOR
	str	r0, [r1]
	ldr	r1, [r0]
	msr	msp, r1
	ldr	r0, [r0, #4]
	bx	r0
	.ltorg
	.org	252
	.word	0x0b293df0		/* the CRC; the emulator tells the right one after a change */
