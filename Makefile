# make test does everything a change must pass; .ci/run calls it.
SHELL := /bin/bash
export GOFLAGS += -buildvcs=false

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := v1.9.0
FUZZTIME    ?= 60s
SOAK        ?= 30m
PLATFORMS   := linux/amd64 linux/arm64 windows/amd64 darwin/arm64 darwin/amd64

.PHONY: test check peers race fuzz vectors random firmware large soak bench build clean

test: peers check race
	.ci/fuzz 1000x

# Installs what tests compare with; starts nothing.
peers:
	.ci/peers

check:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }
	go mod tidy -diff
	go vet ./...
	go run $(STATICCHECK) ./...
	.ci/vulncheck $(GOVULNCHECK)

# Every test, none skipped: the real servers run in network namespaces.
race:
	PXEKIT_LAB=required go test -race -count=1 -timeout 25m ./...

fuzz:
	.ci/fuzz $(FUZZTIME)

# All vectors again on the real servers; tests replay a sample in every run.
vectors: peers
	PXEKIT_LAB=required PXEKIT_VECTORS=all go test -count=1 -timeout 60m -run Vectors -v ./internal/lab

# Random plans on the real servers, many more than in every run.
random: peers
	PXEKIT_LAB=required PXEKIT_SEEDS=500 go test -count=1 -timeout 120m -run RandomPlans ./internal/lab

# All boots of real firmware; every run makes the short ones.
firmware:
	.ci/peers dhcrelay:isc-dhcp-relay /usr/lib/ipxe/snponly.efi:ipxe \
		/usr/lib/debian-installer/images/12/amd64/text/version.info:debian-installer-12-netboot-amd64
	PXEKIT_LAB=required PXEKIT_FIRMWARE=all go test -count=1 -timeout 60m -run 'Boot' -v ./internal/lab

# A file of 4 GiB by TFTP.
large:
	PXEKIT_LARGE=1 go test -count=1 -timeout 20m -run Large -v ./tftpserve

# Serve among floods, for half an hour; every run makes a few rounds.
soak: peers
	PXEKIT_LAB=required PXEKIT_SOAK=$(SOAK) go test -count=1 -timeout 24h -run 'TestSoak$$' -v ./cmd/pxekit

# Servers against each other, into docs/performance.md; needs root.
bench:
	mkdir -p dist
	go build -o dist/bench ./internal/lab/bench
	go build -o dist/pxekit ./cmd/pxekit
	dist/bench -o docs/performance.md

build:
	@for p in $(PLATFORMS); do \
		os=$${p%/*}; arch=$${p#*/}; out=dist/pxekit-$$os-$$arch; \
		if [ $$os = windows ]; then out=$$out.exe; fi; \
		echo $$out; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags '-s -w' -o $$out ./cmd/pxekit || exit 1; \
	done

clean:
	rm -rf dist pxekit
