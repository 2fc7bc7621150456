// Package appliance writes boot plans for DHCP servers that pxekit does not
// read: Windows, switches, routers, firewalls and their web forms, a file each.
//
// What these servers do is known from their makers' documents and sources, not
// from running them: each target marks its claims as documented, derived or
// unverified. Shared by all of them:
//
//   - losses collects what a language cannot say (appliance.go);
//   - needs names the features that a condition asks of a language;
//   - everyone picks the one answer of a language without conditions;
//   - can and cannot build the Support table, everyForm narrows it;
//   - rest loses what a plan asks, a Support table lacks and nobody has named;
//   - fits, closed, openEnded and requested are about the value of an option;
//   - pool is a switch or router with one answer for each address pool (pool.go).
package appliance
