#include "go_asm.h"
#include "textflag.h"

// The hot loops of a search for AVX2. What each computes is written in Go in kernel.go, under the same name with
// Generic at its end. Operands stand in Go's order: the destination last.

// Where the code of row DX lies: R13 is free, SI the list of blocks.
#define CODE(offset, shift, row, place) \
	MOVL    row, place            \
	SHRL    $12, place            \
	MOVQ    (SI)(place*8), place  \
	ANDL    $4095, row            \
	SHLQ    $shift, row           \
	LEAQ    offset(place)(row*1), place

// Sixteen dimensions of a row: squares of step*code - probe, added in pairs.
#define GAPS(o, step, probe, sum) \
	VPMOVSXBW o(AX), sum          \
	VPMULLW step, sum, sum        \
	VPSUBW  probe, sum, sum       \
	VPMADDWD sum, sum, sum

// The codes of the row 96 places ahead are sent for: they lie far apart.
#define AHEAD(offset, shift) \
	LEAQ    96(R10), R13          \
	CMPQ    R13, R12              \
	CMOVQGT R12, R13              \
	MOVL    (DI)(R13*4), R13      \
	CODE(offset, shift, R13, BX)  \
	PREFETCHT1 (BX)

// The first of them, R13 is their number.
#define FIRST(offset, shift) \
	MOVL    -4(DI)(R13*4), AX     \
	CODE(offset, shift, AX, BX)   \
	PREFETCHT1 (BX)

// Sums up Y8 and keeps the row of number R15 if the sum, AX, with what is in it, is at most R9.
#define KEEP \
	VEXTRACTI128 $1, Y8, X9       \
	VPADDD  X9, X8, X8            \
	VPSHUFD $0x4E, X8, X9         \
	VPADDD  X9, X8, X8            \
	VPSHUFD $0xB1, X8, X9         \
	VPADDD  X9, X8, X8            \
	VMOVD   X8, BX                \
	ADDL    BX, AX                \
	MOVL    (DI)(R10*4), DX       \
	MOVL    DX, (DI)(R11*4)       \ // written in any case, kept by counting: no branch to guess
	MOVL    AX, (R8)(R11*4)       \
	XORL    BX, BX                \
	CMPL    AX, R9                \
	SETLS   BX                    \
	ADDQ    BX, R11

// func sumHeadsAVX2(blocks **Block, ids, sums *uint32, n int, probe, steps *Head, cut uint32) int
TEXT ·sumHeadsAVX2(SB), NOSPLIT, $0-64
	MOVQ    blocks+0(FP), SI
	MOVQ    ids+8(FP), DI
	MOVQ    sums+16(FP), R8
	MOVQ    n+24(FP), CX
	MOVQ    probe+32(FP), AX
	MOVQ    steps+40(FP), BX
	MOVL    cut+48(FP), R9
	VMOVDQU 0(AX), Y0
	VMOVDQU 32(AX), Y1
	VMOVDQU 64(AX), Y2
	VMOVDQU 96(AX), Y3
	VMOVDQU 0(BX), Y4
	VMOVDQU 32(BX), Y5
	VMOVDQU 64(BX), Y6
	VMOVDQU 96(BX), Y7
	XORQ    R10, R10              // rows read
	XORQ    R11, R11              // rows kept
	LEAQ    -1(CX), R12           // the last row
	MOVL    $96, R13
	CMPQ    R13, CX
	CMOVQGT CX, R13

ahead:
	FIRST(Block_heads, 6)
	DECQ    R13
	JNZ     ahead

row:
	AHEAD(Block_heads, 6)
	MOVL    (DI)(R10*4), DX
	CODE(Block_heads, 6, DX, AX)
	GAPS(0, Y4, Y0, Y8)
	GAPS(16, Y5, Y1, Y9)
	GAPS(32, Y6, Y2, Y10)
	GAPS(48, Y7, Y3, Y11)
	VPADDD  Y9, Y8, Y8
	VPADDD  Y11, Y10, Y10
	VPADDD  Y10, Y8, Y8
	XORL    AX, AX
	KEEP
	INCQ    R10
	CMPQ    R10, CX
	JLT     row
	VZEROUPPER
	MOVQ    R11, ret+56(FP)
	RET

// func sumTailsAVX2(blocks **Block, ids, sums *uint32, n int, probe, steps *Tail, cut uint32) int
TEXT ·sumTailsAVX2(SB), NOSPLIT, $0-64
	MOVQ    blocks+0(FP), SI
	MOVQ    ids+8(FP), DI
	MOVQ    sums+16(FP), R8
	MOVQ    n+24(FP), CX
	MOVQ    probe+32(FP), AX
	MOVQ    steps+40(FP), BX
	MOVL    cut+48(FP), R9
	VMOVDQU 0(AX), Y0
	VMOVDQU 0(BX), Y4
	XORQ    R10, R10              // rows read
	XORQ    R11, R11              // rows kept
	LEAQ    -1(CX), R12           // the last row
	MOVL    $96, R13
	CMPQ    R13, CX
	CMOVQGT CX, R13

ahead:
	FIRST(Block_tails, 4)
	DECQ    R13
	JNZ     ahead

row:
	AHEAD(Block_tails, 4)
	MOVL    (DI)(R10*4), DX
	CODE(Block_tails, 4, DX, AX)
	GAPS(0, Y4, Y0, Y8)
	MOVL    (R8)(R10*4), AX
	KEEP
	INCQ    R10
	CMPQ    R10, CX
	JLT     row
	VZEROUPPER
	MOVQ    R11, ret+56(FP)
	RET

// Eight numbers of a column times Y8, added to sum.
#define TURN(o, sum) \
	VMULPS  o(SI), Y8, Y9         \
	VADDPS  Y9, sum, sum

// func turnAVX2(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template)
TEXT ·turnAVX2(SB), NOSPLIT, $0-24
	MOVQ    columns+0(FP), DX
	MOVQ    in+8(FP), BX
	MOVQ    out+16(FP), DI
	MOVQ    $2, R8

half:
	MOVQ    DX, SI
	XORQ    R10, R10
	VXORPS  Y0, Y0, Y0
	VXORPS  Y1, Y1, Y1
	VXORPS  Y2, Y2, Y2
	VXORPS  Y3, Y3, Y3
	VXORPS  Y4, Y4, Y4
	VXORPS  Y5, Y5, Y5
	VXORPS  Y6, Y6, Y6
	VXORPS  Y7, Y7, Y7

column:
	VBROADCASTSS (BX)(R10*4), Y8
	TURN(0, Y0)
	TURN(32, Y1)
	TURN(64, Y2)
	TURN(96, Y3)
	TURN(128, Y4)
	TURN(160, Y5)
	TURN(192, Y6)
	TURN(224, Y7)
	ADDQ    $512, SI
	INCQ    R10
	CMPQ    R10, $128
	JLT     column
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	ADDQ    $256, DX
	ADDQ    $256, DI
	DECQ    R8
	JNZ     half
	VZEROUPPER
	RET

// Eight dimensions: the squares of the differences, one added to each of the eight sums.
#define NEAR(o) \
	VMOVUPS o(SI), Y1             \
	VSUBPS  o(DI), Y1, Y1         \
	VMULPS  Y1, Y1, Y1            \
	VADDPS  Y1, Y0, Y0

// func estimateAVX2(a, b *engine.Template) float32
TEXT ·estimateAVX2(SB), NOSPLIT, $0-20
	MOVQ    a+0(FP), SI
	MOVQ    b+8(FP), DI
	VXORPS  Y0, Y0, Y0
	NEAR(0)
	NEAR(32)
	NEAR(64)
	NEAR(96)
	NEAR(128)
	NEAR(160)
	NEAR(192)
	NEAR(224)
	NEAR(256)
	NEAR(288)
	NEAR(320)
	NEAR(352)
	NEAR(384)
	NEAR(416)
	NEAR(448)
	NEAR(480)
	VHADDPS Y0, Y0, Y0
	VHADDPS Y0, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDSS  X1, X0, X0
	VZEROUPPER
	MOVSS   X0, ret+16(FP)
	RET

// Four dimensions of a row: the squares of the differences, in float64.
#define SQUARES(row, squares) \
	VCVTPS2PD (row)(R12*1), squares \
	VSUBPD  Y15, squares, squares \
	VMULPD  squares, squares, squares

// Four dimensions of four rows: their squares, turned so that each row has its own place, added to sum one dimension after the other.
#define FOUR(a, b, c, d, sum) \
	SQUARES(a, Y0)                \
	SQUARES(b, Y1)                \
	SQUARES(c, Y2)                \
	SQUARES(d, Y3)                \
	VUNPCKLPD Y1, Y0, Y4          \
	VUNPCKHPD Y1, Y0, Y5          \
	VUNPCKLPD Y3, Y2, Y6          \
	VUNPCKHPD Y3, Y2, Y7          \
	VPERM2F128 $0x20, Y6, Y4, Y0  \
	VPERM2F128 $0x20, Y7, Y5, Y1  \
	VPERM2F128 $0x31, Y6, Y4, Y2  \
	VPERM2F128 $0x31, Y7, Y5, Y3  \
	VADDPD  Y0, sum, sum          \
	VADDPD  Y1, sum, sum          \
	VADDPD  Y2, sum, sum          \
	VADDPD  Y3, sum, sum

// The address of the row k places after the one at R14, or of the last row, to place. R12 is the list of blocks, R11 the list of rows,
// R13 the number of the last.
#define ADDRESS(k, place) \
	LEAQ    k(R14), R10           \
	CMPQ    R10, R13              \
	CMOVQGT R13, R10              \
	MOVL    (R11)(R10*4), R10     \
	MOVL    R10, place            \
	SHRL    $12, place            \
	MOVQ    (R12)(place*8), place \
	ANDL    $4095, R10            \
	SHLQ    $9, R10               \
	ADDQ    R10, place

#define ADDRESSES(first) \
	ADDRESS(first+0, AX) \
	ADDRESS(first+1, BX) \
	ADDRESS(first+2, CX) \
	ADDRESS(first+3, DX) \
	ADDRESS(first+4, SI) \
	ADDRESS(first+5, DI) \
	ADDRESS(first+6, R8) \
	ADDRESS(first+7, R9)

// Sends for the row at a.
#define SEND(a) \
	PREFETCHT1 0(a)               \
	PREFETCHT1 64(a)              \
	PREFETCHT1 128(a)             \
	PREFETCHT1 192(a)             \
	PREFETCHT1 256(a)             \
	PREFETCHT1 320(a)             \
	PREFETCHT1 384(a)             \
	PREFETCHT1 448(a)

// func distancesAVX2(blocks **Templates, probe *Wide, ids *uint32, n int, out *float64)
TEXT ·distancesAVX2(SB), NOSPLIT, $64-40
	MOVQ    blocks+0(FP), R12
	MOVQ    ids+16(FP), R11
	MOVQ    n+24(FP), R13
	DECQ    R13
	XORQ    R14, R14

send:
	ADDRESS(0, AX)
	SEND(AX)
	INCQ    R14
	CMPQ    R14, $32
	JEQ     sent
	CMPQ    R14, R13
	JLE     send

sent:
	XORQ    R14, R14              // the first of eight rows

rows:
	MOVQ    blocks+0(FP), R12
	MOVQ    ids+16(FP), R11
	MOVQ    n+24(FP), R13
	DECQ    R13
	ADDRESSES(32)
	MOVQ    AX, next0-64(SP)
	MOVQ    BX, next1-56(SP)
	MOVQ    CX, next2-48(SP)
	MOVQ    DX, next3-40(SP)
	MOVQ    SI, next4-32(SP)
	MOVQ    DI, next5-24(SP)
	MOVQ    R8, next6-16(SP)
	MOVQ    R9, next7-8(SP)
	ADDRESSES(0)
	MOVQ    probe+8(FP), R13
	XORQ    R12, R12              // bytes of a row
	VXORPD  Y13, Y13, Y13
	VXORPD  Y14, Y14, Y14

dimensions:
	// The templates of the eight rows 32 places ahead are sent for meanwhile, two lines at a time.
	MOVQ    R12, R10
	SHRQ    $6, R10
	LEAQ    next0-64(SP), R11
	MOVQ    (R11)(R10*8), R10
	MOVQ    R12, R11
	ANDQ    $0x30, R11
	SHLQ    $3, R11
	PREFETCHT1 (R10)(R11*1)
	PREFETCHT1 64(R10)(R11*1)
	VMOVUPD (R13)(R12*2), Y15
	FOUR(AX, BX, CX, DX, Y13)
	FOUR(SI, DI, R8, R9, Y14)
	ADDQ    $16, R12
	CMPQ    R12, $512
	JLT     dimensions
	VSQRTPD Y13, Y13
	VSQRTPD Y14, Y14
	MOVQ    out+32(FP), R10
	VMOVUPD Y13, (R10)(R14*8)
	VMOVUPD Y14, 32(R10)(R14*8)
	ADDQ    $8, R14
	CMPQ    R14, n+24(FP)
	JLT     rows
	VZEROUPPER
	RET
