module corp.example/odd

go 1.26
