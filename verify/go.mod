module github.com/cloudlint/cloudlint/verify

go 1.21
