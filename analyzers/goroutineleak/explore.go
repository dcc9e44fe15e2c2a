package goroutineleak

func (c *checker) explore() {}
