module shop.example/shop

go 1.26.0

require (
	corp.example/lib v0.0.0
	corp.example/outside v0.0.0
)

replace (
	corp.example/lib => ./corp/lib
	corp.example/outside => ./corp/outside
)
