package ended

// More callers, in another file.

func (s *Mixed) Five(name string)  { s.names <- name }
func (s *Mixed) Six(name string)   { s.names <- name }
func (s *Mixed) Seven(name string) { s.names <- name }
