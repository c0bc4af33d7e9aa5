package face

import "time"

// ProcessorTime is what this whole process and its workers have used so far: the running ones as long as no picture is being worked on, and those that
// ended. Only differences mean something, and only while nothing else starts processes here. CodeUnavailable: the system does not tell.
func (p *Pool) ProcessorTime() (time.Duration, error) {
	sum, err := ProcessTime()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.idle {
		used, clockErr := clock(w.cmd.Process.Pid)
		if clockErr != nil {
			err = clockErr
		}
		sum += used
	}
	return sum, err
}
