package dhcpopts

// Items of option 250 that an answer to WDS's boot programs has (wdsbp.h).
const (
	WDSNextAction   = 2
	WDSRequestID    = 5 // four octets, given by the server, sent back by the client
	WDSClientPrompt = 11
	WDSActionDone   = 14 // 1: go on with the boot file of this answer
)

// Values of the item WDSClientPrompt: what the boot program asks of the user.
const (
	WDSPromptOptIn  = 1 // a key boots from the network
	WDSPromptNone   = 2
	WDSPromptOptOut = 3 // a key does not
)

// wdsNotes are values of items of one octet, by code and value.
var wdsNotes = map[[2]uint8]string{
	{WDSNextAction, 1}: "wait for approval", {WDSNextAction, 3}: "referral to another server", {WDSNextAction, 5}: "abort",
	{WDSClientPrompt, WDSPromptOptIn}:  "a key boots from the network",
	{WDSClientPrompt, WDSPromptNone}:   "no prompt",
	{WDSClientPrompt, WDSPromptOptOut}: "a key leaves network boot",
	{WDSActionDone, 0}:                 "the boot program waits for the server", {WDSActionDone, 1}: "go on with this boot file",
}

// EncodeSubOptions writes sub-options in the order given, closed by 255, as 43,
// 175 and 250 are. A value over 255 octets is left out.
func EncodeSubOptions(subs []Option) (b []byte) {
	for _, sub := range subs {
		if len(sub.Data) <= optionMax {
			b = appendTLV(b, sub.Code, sub.Data)
		}
	}
	return append(b, OptEnd)
}
