/* Reset and traps of a RISC-V core: stack, trap vector, then C. */
	.option	arch, +zicsr
	.section .entry, "ax"
	.global	_start
_start:
	.option	push
	.option	norelax
	la	gp, __global_pointer$
	.option	pop
	la	sp, _stack_end
	la	t0, trap
	csrw	mtvec, t0
	csrci	mstatus, 8		/* no interrupts: everything is polled */
	j	chip_run

/* All traps end here: none is expected. chip_fault("trap", {cause, pc, value, ra, sp, a0, s0}, 7, sp) */
	.section .text.trap, "ax"
	.align	8			/* of mtvec: 256 bytes on these chips */
trap:
	addi	sp, sp, -32
	sw	ra, 12(sp)
	sw	a0, 20(sp)
	sw	s0, 24(sp)
	csrr	t0, mcause
	sw	t0, 0(sp)
	csrr	t0, mepc
	sw	t0, 4(sp)
	csrr	t0, mtval
	sw	t0, 8(sp)
	addi	t0, sp, 32
	sw	t0, 16(sp)
	la	a0, 1f
	mv	a1, sp
	li	a2, 7
	mv	a3, t0
	j	chip_fault
	.section .rodata.trap, "a"
1:	.asciz	"trap"
