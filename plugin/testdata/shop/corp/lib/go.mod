module corp.example/lib

go 1.26.0
