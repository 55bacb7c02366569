/* Vector table, reset and faults of a Cortex-M0+. */
	.syntax	unified
	.cpu	cortex-m0plus
	.thumb

	.section .vectors, "a"
	.global	_vectors
_vectors:
	.word	_stack_end
	.word	_start
	.word	fault			/* NMI */
	.word	fault			/* hard fault */
	.rept	44			/* reserved, SVC, PendSV, SysTick, 32 interrupts: none is expected */
	.word	fault
	.endr

	.section .text.start, "ax"
	.global	_start
	.thumb_func
_start:
	cpsid	i			/* everything is polled */
	ldr	r0, =_stack_end
	mov	sp, r0
	movs	r0, #0
	mov	lr, r0
	ldr	r0, =chip_run
	bx	r0
	.ltorg

/* The core has pushed r0-r3, r12, lr, pc, xpsr: chip_fault("fault", those, 8, stack before) */
	.section .text.fault, "ax"
	.thumb_func
fault:
	mov	r1, sp
	mov	r3, sp
	adds	r3, #32
	movs	r2, #8
	ldr	r0, =text
	ldr	r4, =chip_fault
	bx	r4
	.ltorg
	.section .rodata.fault, "a"
text:	.asciz	"exception"
