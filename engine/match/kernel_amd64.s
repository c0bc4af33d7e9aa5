#include "textflag.h"

// The hot loops of a search for AVX2. What each computes is written in Go in kernel.go, under the same name with
// Generic at its end. Operands stand in Go's order: the destination last.

// Four dimensions of 32 rows: the cells of each row choose its entries of the four tables. Y0 takes the sums of four in words
// (a word holds an even row plus 256 times the odd row after it), Y1 those of the odd rows alone.
#define QUAD(q) \
	PREFETCHT0 (q*64+1536)(SI) \
	VMOVDQU (q*64)(SI), Y2        \
	VMOVDQU (q*64+32)(SI), Y3     \
	VPSRLW  $4, Y2, Y4            \
	VPSRLW  $4, Y3, Y5            \
	VPAND   Y14, Y2, Y2           \
	VPAND   Y14, Y3, Y3           \
	VPAND   Y14, Y4, Y4           \
	VPAND   Y14, Y5, Y5           \
	VBROADCASTI128 (q*64)(R8), Y6    \
	VBROADCASTI128 (q*64+16)(R8), Y7 \
	VBROADCASTI128 (q*64+32)(R8), Y8 \
	VBROADCASTI128 (q*64+48)(R8), Y9 \
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

// func scanCellsAVX2(c *cells, rows *mask, t *table, cut uint16, ids *list) int
TEXT ·scanCellsAVX2(SB), NOSPLIT, $0-48
	MOVQ    c+0(FP), SI
	MOVQ    rows+8(FP), DI
	MOVQ    t+16(FP), R8
	MOVWLZX cut+24(FP), AX
	MOVQ    ids+32(FP), R9
	VMOVD   AX, X15
	VPBROADCASTW X15, Y15         // the cut in every word
	MOVL    $0x0F0F0F0F, AX
	VMOVD   AX, X14
	VPBROADCASTD X14, Y14         // the low half of every byte
	MOVL    $0x00FF00FF, AX
	VMOVD   AX, X13
	VPBROADCASTD X13, Y13         // the low byte of every word
	VPXOR   Y12, Y12, Y12
	XORQ    R10, R10              // the group's first row
	XORQ    R11, R11              // rows found

group:
	MOVL    (DI), BX
	TESTL   BX, BX
	JZ      next
	VPXOR   Y0, Y0, Y0
	VPXOR   Y1, Y1, Y1
	QUAD(0)
	QUAD(1)
	QUAD(2)
	QUAD(3)
	QUAD(4)
	QUAD(5)
	QUAD(6)
	QUAD(7)
	QUAD(8)
	QUAD(9)
	QUAD(10)
	QUAD(11)
	QUAD(12)
	QUAD(13)
	QUAD(14)
	QUAD(15)
	VPSLLW  $8, Y1, Y2
	VPSUBW  Y2, Y0, Y0            // the even rows: odd ones taken out
	VPSUBUSW Y15, Y0, Y0          // zero where the sum is at most the cut
	VPSUBUSW Y15, Y1, Y1
	VPCMPEQW Y12, Y0, Y0
	VPCMPEQW Y12, Y1, Y1
	VPAND   Y13, Y0, Y0
	VPANDN  Y1, Y13, Y1
	VPOR    Y1, Y0, Y0            // byte r is set where row r stays
	VPMOVMSKB Y0, AX
	ANDL    BX, AX
	JZ      next

row:
	TZCNTL  AX, DX
	ADDL    R10, DX
	MOVL    DX, (R9)(R11*4)
	INCQ    R11
	BLSRL   AX, AX
	JNZ     row

next:
	ADDQ    $1024, SI
	ADDQ    $4, DI
	ADDQ    $32, R10
	CMPQ    R10, $4096
	JLT     group
	VZEROUPPER
	MOVQ    R11, ret+40(FP)
	RET

// Sixteen dimensions of a row: squares of step*code - probe, added in pairs.
#define GAPS(o, step, probe, sum) \
	VPMOVSXBW o(AX), sum          \
	VPMULLW step, sum, sum        \
	VPSUBW  probe, sum, sum       \
	VPMADDWD sum, sum, sum

// func sumGapsAVX2(codes *halves, ids, sums *list, n int, probe, steps *half, cut uint32) int
TEXT ·sumGapsAVX2(SB), NOSPLIT, $0-64
	MOVQ    codes+0(FP), SI
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
	TESTQ   CX, CX
	JLE     done

row:
	// The codes of the row after the next 31 are on their way meanwhile: rows lie far apart.
	LEAQ    32(R10), R13
	CMPQ    R13, R12
	CMOVQGT R12, R13
	MOVL    (DI)(R13*4), R13
	SHLQ    $6, R13
	PREFETCHT0 (SI)(R13*1)
	MOVL    (DI)(R10*4), DX
	MOVL    DX, AX
	SHLQ    $6, AX
	ADDQ    SI, AX
	GAPS(0, Y4, Y0, Y8)
	GAPS(16, Y5, Y1, Y9)
	GAPS(32, Y6, Y2, Y10)
	GAPS(48, Y7, Y3, Y11)
	VPADDD  Y9, Y8, Y8
	VPADDD  Y11, Y10, Y10
	VPADDD  Y10, Y8, Y8
	VEXTRACTI128 $1, Y8, X9
	VPADDD  X9, X8, X8
	VPSHUFD $0x4E, X8, X9
	VPADDD  X9, X8, X8
	VPSHUFD $0xB1, X8, X9
	VPADDD  X9, X8, X8
	VMOVD   X8, AX
	ADDL    (R8)(R10*4), AX
	MOVL    DX, (DI)(R11*4)       // written in any case, kept by counting: no branch to guess
	MOVL    AX, (R8)(R11*4)
	XORL    BX, BX
	CMPL    AX, R9
	SETLS   BX
	ADDQ    BX, R11
	INCQ    R10
	CMPQ    R10, CX
	JLT     row

done:
	VZEROUPPER
	MOVQ    R11, ret+56(FP)
	RET

// Eight numbers of a column times Y8, added to sum.
#define TURN(o, sum) \
	VMULPS  o(SI), Y8, Y9         \
	VADDPS  Y9, sum, sum

// func turnRowAVX2(columns *[engine.TemplateSize]engine.Template, in, out *engine.Template)
TEXT ·turnRowAVX2(SB), NOSPLIT, $0-24
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

// func preselectAVX2(a, b *engine.Template) float32
TEXT ·preselectAVX2(SB), NOSPLIT, $0-20
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

// func preselectRowsAVX2(rows *[blockRows]engine.Template, probe *engine.Template, ids *list, n int, out *[codeRows]float32)
TEXT ·preselectRowsAVX2(SB), NOSPLIT, $0-40
	MOVQ    rows+0(FP), BX
	MOVQ    probe+8(FP), DI
	MOVQ    ids+16(FP), R8
	MOVQ    n+24(FP), CX
	MOVQ    out+32(FP), R9
	XORQ    R10, R10
	LEAQ    -1(CX), R12           // the last row
	TESTQ   CX, CX
	JLE     done

row:
	// The template of the row after the next three is on its way meanwhile.
	LEAQ    4(R10), R13
	CMPQ    R13, R12
	CMOVQGT R12, R13
	MOVL    (R8)(R13*4), R13
	SHLQ    $9, R13
	ADDQ    BX, R13
	PREFETCHT0 0(R13)
	PREFETCHT0 64(R13)
	PREFETCHT0 128(R13)
	PREFETCHT0 192(R13)
	PREFETCHT0 256(R13)
	PREFETCHT0 320(R13)
	PREFETCHT0 384(R13)
	PREFETCHT0 448(R13)
	MOVL    (R8)(R10*4), SI
	SHLQ    $9, SI
	ADDQ    BX, SI
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
	VMOVSS  X0, (R9)(R10*4)
	INCQ    R10
	CMPQ    R10, CX
	JLT     row

done:
	VZEROUPPER
	RET
