package goroutineleak

func (c *checker) releases() {}
