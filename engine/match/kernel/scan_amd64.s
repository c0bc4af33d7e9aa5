#include "go_asm.h"
#include "textflag.h"

// The first tier of a search: what it computes is written in Go in kernel.go, as scanCellsGeneric. Operands stand in Go's order: the
// destination last.

// Four dimensions of 32 rows: the cells of each row choose its entries of the four tables. Y0 takes the sums of four in words
// (a word holds an even row plus 256 times the odd row after it), Y1 those of the odd rows alone.
#define QUAD(q, from, ahead, t) \
	PREFETCHT1 (q*64)(ahead)      \
	VMOVDQU (q*64)(from), Y2      \
	VMOVDQU (q*64+32)(from), Y3   \
	VPSRLW  $4, Y2, Y4            \
	VPSRLW  $4, Y3, Y5            \
	VPAND   Y14, Y2, Y2           \
	VPAND   Y14, Y3, Y3           \
	VPAND   Y14, Y4, Y4           \
	VPAND   Y14, Y5, Y5           \
	VBROADCASTI128 ((t+q)*64)(R8), Y6    \
	VBROADCASTI128 ((t+q)*64+16)(R8), Y7 \
	VBROADCASTI128 ((t+q)*64+32)(R8), Y8 \
	VBROADCASTI128 ((t+q)*64+48)(R8), Y9 \
	VPSHUFB Y2, Y6, Y6            \
	VPSHUFB Y4, Y7, Y7            \
	VPSHUFB Y3, Y8, Y8            \
	VPSHUFB Y5, Y9, Y9            \
	VPADDUSB Y7, Y6, Y6           \
	VPADDUSB Y9, Y8, Y8           \
	VPADDUSB Y8, Y6, Y6           \
	VPSRLW  $8, Y6, Y7            \
	VPADDW  Y6, Y0, Y0            \
	VPADDW  Y7, Y1, Y1

// The same where VPERMB is there: it looks at five bits of an index, and the table is there twice, so nothing has to be cut off.
#define QUAD512(q, from, ahead, t) \
	PREFETCHT1 (q*64)(ahead)      \
	VMOVDQU (q*64)(from), Y2      \
	VMOVDQU (q*64+32)(from), Y3   \
	VPSRLW  $4, Y2, Y4            \
	VPSRLW  $4, Y3, Y5            \
	VBROADCASTI128 ((t+q)*64)(R8), Y6    \
	VBROADCASTI128 ((t+q)*64+16)(R8), Y7 \
	VBROADCASTI128 ((t+q)*64+32)(R8), Y8 \
	VBROADCASTI128 ((t+q)*64+48)(R8), Y9 \
	VPERMB  Y6, Y2, Y6            \
	VPERMB  Y7, Y4, Y7            \
	VPERMB  Y8, Y3, Y8            \
	VPERMB  Y9, Y5, Y9            \
	VPADDUSB Y7, Y6, Y6           \
	VPADDUSB Y9, Y8, Y8           \
	VPADDUSB Y8, Y6, Y6           \
	VPSRLW  $8, Y6, Y7            \
	VPADDW  Y6, Y0, Y0            \
	VPADDW  Y7, Y1, Y1

// Arguments and constants: Y15 the cut in every word, Y14 the low half of every byte, Y13 the low byte of every word; what is sent for is
// sixteen groups ahead. R10 is the group's first row, R11 the number of rows found.
#define BEGIN \
	MOVQ    b+0(FP), SI \
	LEAQ    Block_deep(SI), DX \
	ADDQ    $Block_near, SI \
	LEAQ    12288(SI), R12 \
	LEAQ    4096(DX), R15 \
	MOVQ    rows+16(FP), DI \
	MOVQ    t+24(FP), R8 \
	MOVWLZX cut+32(FP), AX \
	MOVBLZX deep+34(FP), CX \
	MOVQ    CX, deeper-72(SP) \
	MOVL    first+36(FP), R13 \
	MOVQ    ids+40(FP), R9 \
	MOVQ    sums+48(FP), R14 \
	VMOVD   AX, X15 \
	VPBROADCASTW X15, Y15 \
	MOVL    $0x0F0F0F0F, AX \
	VMOVD   AX, X14 \
	VPBROADCASTD X14, Y14 \
	MOVL    $0x00FF00FF, AX \
	VMOVD   AX, X13 \
	VPBROADCASTD X13, Y13 \
	VPXOR   Y12, Y12, Y12 \
	XORQ    R10, R10 \
	XORQ    R11, R11

// From the sums to AX: bit r is set where row r is asked, BX, and its sum is at most the cut. Of even rows the odd ones are taken out. Y10 holds the
// sums of rows 0 to 7 and 16 to 23, Y11 those of the others.
#define VERDICT \
	VPSLLW  $8, Y1, Y2 \
	VPSUBW  Y2, Y0, Y2 \
	VPUNPCKLWD Y1, Y2, Y10 \
	VPUNPCKHWD Y1, Y2, Y11 \
	VPSUBUSW Y15, Y2, Y2 \
	VPSUBUSW Y15, Y1, Y3 \
	VPCMPEQW Y12, Y2, Y2 \
	VPCMPEQW Y12, Y3, Y3 \
	VPAND   Y13, Y2, Y2 \
	VPANDN  Y3, Y13, Y3 \
	VPOR    Y3, Y2, Y2 \
	VPMOVMSKB Y2, AX \
	ANDL    BX, AX

// The sums in the order of rows.
#define SUMS \
	VMOVDQU X10, sum-64(SP) \
	VMOVDQU X11, sum-48(SP) \
	VEXTRACTI128 $1, Y10, sum-32(SP) \
	VEXTRACTI128 $1, Y11, sum-16(SP)

// func scanCellsAVX2(b, next *Block, rows *Mask, t *Table, cut uint16, first uint32, ids *uint32, sums *uint16) int
TEXT ·scanCellsAVX2(SB), NOSPLIT, $72-64
	BEGIN

group:
	CMPQ    R10, $3584            // the last sixteen groups
	JNE     ask
	MOVQ    next+8(FP), R12
	PREFETCHT0 (R12)
	LEAQ    Block_deep(R12), R15
	ADDQ    $Block_near, R12

ask:
	MOVL    (DI), BX
	TESTL   BX, BX
	JZ      next
	VPXOR   Y0, Y0, Y0
	VPXOR   Y1, Y1, Y1
	QUAD(0, SI, R12, 0)
	QUAD(1, SI, R12, 0)
	QUAD(2, SI, R12, 0)
	QUAD(3, SI, R12, 0)
	QUAD(4, SI, R12, 0)
	QUAD(5, SI, R12, 0)
	QUAD(6, SI, R12, 0)
	QUAD(7, SI, R12, 0)
	QUAD(8, SI, R12, 0)
	QUAD(9, SI, R12, 0)
	QUAD(10, SI, R12, 0)
	QUAD(11, SI, R12, 0)
	VERDICT
	JZ      next
	CMPQ    deeper-72(SP), $0
	JEQ     found
	QUAD(0, DX, R15, 12)
	QUAD(1, DX, R15, 12)
	QUAD(2, DX, R15, 12)
	QUAD(3, DX, R15, 12)
	VERDICT
	JZ      next

found:
	SUMS

row:
	TZCNTL  AX, BX
	MOVWLZX sum-64(SP)(BX*2), CX
	ADDL    R13, BX
	MOVL    BX, (R9)(R11*4)
	MOVW    CX, (R14)(R11*2)
	INCQ    R11
	BLSRL   AX, AX
	JNZ     row

next:
	ADDQ    $768, SI
	ADDQ    $768, R12
	ADDQ    $256, DX
	ADDQ    $256, R15
	ADDL    $32, R13
	ADDQ    $4, DI
	ADDQ    $32, R10
	CMPQ    R10, $4096
	JLT     group
	VZEROUPPER
	MOVQ    R11, ret+56(FP)
	RET


// func scanCellsAVX512(b, next *Block, rows *Mask, t *Table, cut uint16, first uint32, ids *uint32, sums *uint16) int
TEXT ·scanCellsAVX512(SB), NOSPLIT, $72-64
	BEGIN

group:
	CMPQ    R10, $3584            // the last sixteen groups
	JNE     ask
	MOVQ    next+8(FP), R12
	PREFETCHT0 (R12)
	LEAQ    Block_deep(R12), R15
	ADDQ    $Block_near, R12

ask:
	MOVL    (DI), BX
	TESTL   BX, BX
	JZ      next
	VPXOR   Y0, Y0, Y0
	VPXOR   Y1, Y1, Y1
	QUAD512(0, SI, R12, 0)
	QUAD512(1, SI, R12, 0)
	QUAD512(2, SI, R12, 0)
	QUAD512(3, SI, R12, 0)
	QUAD512(4, SI, R12, 0)
	QUAD512(5, SI, R12, 0)
	QUAD512(6, SI, R12, 0)
	QUAD512(7, SI, R12, 0)
	QUAD512(8, SI, R12, 0)
	QUAD512(9, SI, R12, 0)
	QUAD512(10, SI, R12, 0)
	QUAD512(11, SI, R12, 0)
	VERDICT
	JZ      next
	CMPQ    deeper-72(SP), $0
	JEQ     found
	QUAD512(0, DX, R15, 12)
	QUAD512(1, DX, R15, 12)
	QUAD512(2, DX, R15, 12)
	QUAD512(3, DX, R15, 12)
	VERDICT
	JZ      next

found:
	SUMS

row:
	TZCNTL  AX, BX
	MOVWLZX sum-64(SP)(BX*2), CX
	ADDL    R13, BX
	MOVL    BX, (R9)(R11*4)
	MOVW    CX, (R14)(R11*2)
	INCQ    R11
	BLSRL   AX, AX
	JNZ     row

next:
	ADDQ    $768, SI
	ADDQ    $768, R12
	ADDQ    $256, DX
	ADDQ    $256, R15
	ADDL    $32, R13
	ADDQ    $4, DI
	ADDQ    $32, R10
	CMPQ    R10, $4096
	JLT     group
	VZEROUPPER
	MOVQ    R11, ret+56(FP)
	RET

