package goroutineleak

func (c *checker) locks() {}
