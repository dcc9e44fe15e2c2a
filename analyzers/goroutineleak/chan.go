package goroutineleak

func (c *checker) channels() {}
