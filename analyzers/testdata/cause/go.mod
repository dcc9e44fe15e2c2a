module corp.example/cause

go 1.26
