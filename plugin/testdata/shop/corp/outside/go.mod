module corp.example/outside

go 1.26.0
