package profiles

import (
	"encoding/binary"
	"math"
)

// A message is one of a protocol buffer.
type message []byte

// A field is one of a message: a number, or bytes.
type field struct {
	tag   int
	value uint64
	bytes message
}

// next takes a field off the message. Fields of fixed size, of which profiles have none, have no value.
func (m *message) next() (f field, err error) {
	key, err := m.varint()
	if err != nil {
		return f, err
	}
	if key>>3 == 0 || key>>3 > math.MaxInt32 {
		return f, errDamaged
	}
	f.tag = int(key >> 3)
	var size uint64
	switch key & 7 {
	case 0:
		f.value, err = m.varint()
		return f, err
	case 1:
		size = 8
	case 2:
		if size, err = m.varint(); err != nil {
			return f, err
		}
	case 5:
		size = 4
	default:
		return f, errDamaged
	}
	if size > uint64(len(*m)) {
		return f, errDamaged
	}
	f.bytes, *m = (*m)[:size], (*m)[size:]
	return f, nil
}

func (m *message) varint() (uint64, error) {
	v, n := binary.Uvarint(*m)
	if n <= 0 {
		return 0, errDamaged
	}
	*m = (*m)[n:]
	return v, nil
}

// numbers calls each with the values of a repeated field, packed or not.
func (f field) numbers(each func(uint64)) error {
	if f.bytes == nil {
		each(f.value)
		return nil
	}
	for rest := f.bytes; len(rest) > 0; {
		v, err := rest.varint()
		if err != nil {
			return err
		}
		each(v)
	}
	return nil
}
