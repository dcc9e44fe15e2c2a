package render

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// A serviceMessage of https://www.jetbrains.com/help/teamcity/service-messages.html.
type parsedMessage struct {
	name       string
	attributes map[string]string
}

func parseServiceMessage(t testing.TB, line string) (m parsedMessage) {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "##teamcity[")
	if !ok {
		t.Fatalf("no service message: %q", line)
	}
	m.attributes = make(map[string]string)
	m.name, rest, _ = strings.Cut(rest, " ")
	for rest != "]" {
		name, after, ok := strings.Cut(strings.TrimPrefix(rest, " "), "='")
		if !ok || !regexp.MustCompile(`^[A-Za-z]+$`).MatchString(name) {
			t.Fatalf("%q is no attribute in %q", rest, line)
		}
		var value []uint16
		i := 0
		for ; i < len(after) && after[i] != '\''; i++ {
			switch c := after[i]; {
			case c == '[' || c == ']' || c < ' ' || c > '~':
				t.Fatalf("%q in a value in %q", c, line)
			case c != '|':
				value = append(value, uint16(c))
			case strings.HasPrefix(after[i:], "|0x"):
				n, err := strconv.ParseUint(after[i+3:i+7], 16, 16)
				if err != nil {
					t.Fatalf("%v in %q", err, line)
				}
				value = append(value, uint16(n))
				i += 6
			default:
				i++
				value = append(value, map[byte]uint16{'n': '\n', 'r': '\r', '|': '|', '\'': '\'', '[': '[', ']': ']'}[after[i]])
			}
		}
		m.attributes[name] = string(utf16.Decode(value))
		rest = after[i+1:]
	}
	return m
}

func readTeamCity(t testing.TB, report []byte) (records []record) {
	described := make(map[string]bool)
	for _, line := range reportLines(report) {
		m := parseServiceMessage(t, line)
		a := m.attributes
		for name, value := range a {
			limit := map[string]int{"id": 255, "typeId": 255, "name": 255, "category": 255}[name]
			if limit == 0 {
				limit = 4000
			}
			if n := len(utf16.Encode([]rune(value))); n > limit {
				t.Errorf("%s has %d characters, TeamCity takes %d", name, n, limit)
			}
		}
		switch m.name {
		case "inspectionType":
			if described[a["id"]] || a["name"] == "" || a["category"] == "" || a["description"] == "" {
				t.Errorf("a second type, or one that lacks an attribute: %s", line)
			}
			described[a["id"]] = true
		case "inspection":
			if !described[a["typeId"]] || a["file"] == "" {
				t.Errorf("an inspection without a type or a file: %s", line)
			}
			n, _ := strconv.Atoi(a["line"])
			level := map[string]string{"ERROR": "error", "WARNING": "warning", "INFO": "note"}[a["SEVERITY"]]
			records = append(records, record{level, a["typeId"], a["file"], n, a["message"]})
		case "message":
			level := map[string]string{"ERROR": "error", "WARNING": "warning", "NORMAL": "note"}[a["status"]]
			code, text := errorCode, strings.TrimPrefix(a["text"], "cloudlint: ")
			if m := regexp.MustCompile(`^(CL\d{4}): `).FindStringSubmatch(text); m != nil {
				code, text = m[1], text[len(m[0]):]
			}
			records = append(records, record{level, code, "", 0, strings.Join([]string{text, a["errorDetails"]}, "\n")})
		default:
			t.Errorf("the message %s is not ours", m.name)
		}
	}
	return records
}

// TeamCity cuts values itself, in the middle of what they mean.
func TestTeamCityLimits(t *testing.T) {
	fx := newFixture(t)
	f, long := fx.leak(), fx.server()
	long.Message = strings.Repeat("|", 5000)
	for range 100 {
		f.Path = append(f.Path, f.Path[0])
	}
	r := fx.report(f, long)
	r.Errors = []finding.Error{{Package: "p", Message: strings.Repeat("['\n", 5000)}}
	records := readTeamCity(t, renderFormat(t, "teamcity", fx.input(r, Options{}))) // checks the limits
	if len(records) != 3 {
		t.Fatalf("%d records, want 3", len(records))
	}
	for i, want := range []string{`\n\d+ more$`, `^\|+…$`, `\n\d+ more$`} {
		if !regexp.MustCompile(want).MatchString(visibleText(records[i].text)) {
			t.Errorf("%s: %q does not match %s", records[i].code, records[i].text, want)
		}
	}
}

func FuzzTeamCity(f *testing.F) {
	seedHostile(f)
	f.Fuzz(func(t *testing.T, message, file, failure string) {
		r := hostileReport(message, file, failure)
		report := renderFormat(t, "teamcity", NewInput(r, Options{ReadFile: noFile}))
		checkRecords(t, r, readTeamCity(t, report), func(f *finding.Finding) (string, int) {
			file, line := wantPlace("teamcity", r, f)
			return eachValid(file), line
		})
	})
}
