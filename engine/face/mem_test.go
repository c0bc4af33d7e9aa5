package face_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/face"
)

func TestMem(t *testing.T) {
	for _, mb := range []uint64{96, 128, 160, 200, 256, 384} {
		p, err := face.NewPool(context.Background(), face.Config{Models: models(t), Workers: 1, MaxMemory: mb << 20, Timeout: 20 * time.Second})
		if err != nil {
			fmt.Println(mb, err)
			continue
		}
		s := time.Now()
		_, err = p.Detect(context.Background(), plain(6000, 4000, 128), engine.Look{Smallest: engine.FaceSize{Pixels: 1}})
		fmt.Println(mb, "big", err, time.Since(s))
		s = time.Now()
		f, err := p.Detect(context.Background(), portrait(t), engine.Look{})
		fmt.Println(mb, "portrait", len(f), err, time.Since(s))
		p.Close()
	}
}
