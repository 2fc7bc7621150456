package jsonout

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strconv"
)

// AppendPacket appends a packet as encoding/json writes it, without HTML
// escapes. A capture has a million of them, and most of the time to print one
// would go into reflection.
func AppendPacket(b []byte, p *Packet) []byte {
	b = appendInt(append(b, '{'), `"index":`, p.Index)
	b = appendText(b, `,"time":`, p.Time)
	b = appendText(b, `,"link":`, p.Link)
	b = appendText(b, `,"src":`, p.Src)
	b = appendInt(b, `,"sport":`, int(p.SPort))
	b = appendText(b, `,"dst":`, p.Dst)
	b = appendInt(b, `,"dport":`, int(p.DPort))
	b = appendText(b, `,"kind":`, p.Kind)
	b = appendFields(append(b, `,"fields":`...), p.Fields)
	b = appendList(append(b, `,"options":`...), p.Options, appendOption)
	b = strconv.AppendBool(append(b, `,"end":`...), p.End)
	b = appendHex(b, `,"trailing":`, p.Trailing)
	b = appendTFTP(append(b, `,"tftp":`...), p.TFTP)
	b = appendList(append(b, `,"findings":`...), p.Findings, appendFinding)
	b = appendText(b, `,"error":`, p.Error)
	return append(b, '}')
}

func appendFields(b []byte, f *Fields) []byte {
	if f == nil {
		return append(b, "null"...)
	}
	b = appendInt(append(b, '{'), `"op":`, int(f.Op))
	b = appendInt(b, `,"htype":`, int(f.HType))
	b = appendInt(b, `,"hlen":`, int(f.HLen))
	b = appendInt(b, `,"hops":`, int(f.Hops))
	b = appendText(b, `,"xid":`, f.XID)
	b = appendInt(b, `,"secs":`, int(f.Secs))
	b = appendText(b, `,"flags":`, f.Flags)
	b = appendText(b, `,"ciaddr":`, f.CIAddr)
	b = appendText(b, `,"yiaddr":`, f.YIAddr)
	b = appendText(b, `,"siaddr":`, f.SIAddr)
	b = appendText(b, `,"giaddr":`, f.GIAddr)
	b = appendHex(b, `,"chaddr":`, f.CHAddr)
	b = appendHex(b, `,"sname":`, f.SName)
	b = appendHex(b, `,"file":`, f.File)
	return append(b, '}')
}

func appendOption(b []byte, o *PacketOption) []byte {
	b = appendInt(append(b, '{'), `"code":`, int(o.Code))
	b = appendText(b, `,"name":`, o.Name)
	b = appendInt(b, `,"offset":`, o.Offset)
	b = appendInt(b, `,"length":`, o.Length)
	b = appendHex(b, `,"hex":`, o.Hex)
	b = appendText(b, `,"text":`, o.Text)
	b = appendText(b, `,"in":`, o.In)
	return append(b, '}')
}

func appendTFTP(b []byte, t *TFTP) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	b = appendText(append(b, '{'), `"opcode":`, t.Opcode)
	b = appendText(b, `,"file":`, t.File)
	b = appendText(b, `,"mode":`, t.Mode)
	b = appendList(append(b, `,"options":`...), t.Options, func(b []byte, o *TFTPOption) []byte {
		return append(appendText(appendText(b, `{"name":`, o.Name), `,"value":`, o.Value), '}')
	})
	b = appendInt(b, `,"block":`, int(t.Block))
	b = appendInt(b, `,"error":`, int(t.Error))
	b = appendText(b, `,"message":`, t.Message)
	return append(b, '}')
}

func appendFinding(b []byte, f *Finding) []byte {
	b = appendText(append(b, '{'), `"id":`, f.ID)
	b = appendText(b, `,"severity":`, f.Severity)
	if f.File != "" {
		b = appendText(b, `,"file":`, f.File)
	}
	b = appendPlace(b, `,"line":`, f.Line)
	b = appendPlace(b, `,"column":`, f.Column)
	b = appendPlace(b, `,"packet":`, f.Packet)
	b = appendPlace(b, `,"offset":`, f.Offset)
	b = appendText(b, `,"message":`, f.Message)
	b = appendText(b, `,"hint":`, f.Hint)
	b = appendText(b, `,"fix":`, f.Fix)
	b = appendText(b, `,"ref":`, f.Ref)
	return append(b, '}')
}

// appendPlace leaves a place out that does not apply.
func appendPlace(b []byte, key string, n int) []byte {
	if n == 0 {
		return b
	}
	return appendInt(b, key, n)
}

func appendList[T any](b []byte, list []T, element func([]byte, *T) []byte) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, &list[i])
	}
	return append(b, ']')
}

func appendInt(b []byte, key string, n int) []byte {
	return strconv.AppendInt(append(b, key...), int64(n), 10)
}

func appendHex(b []byte, key string, h Hex) []byte {
	return append(hex.AppendEncode(append(append(b, key...), '"'), h), '"')
}

// appendText writes ASCII itself and leaves what else there is to encoding/json.
func appendText(b []byte, key, text string) []byte {
	start := len(b) + len(key)
	b = append(append(b, key...), '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~':
			return appendOther(b[:start], text)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func appendOther(b []byte, text string) []byte {
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // no string fails
	return append(b, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}
