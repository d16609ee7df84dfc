// What mail systems print when it is us whom they turn away, and what they print of a recipient in much
// the same words.
import t from "tap";
import { Classifier } from "../../../src/bounce/classify.ts";

function read(text: string, status?: string) {
  return new Classifier().classify(text, status);
}

const ofUs = [
  // Our server.
  "554 5.7.1 Your IP address 192.0.2.1 is blocked",
  "554 5.7.1 Your IP 192.0.2.1 has been blocked",
  "550 Your IP [192.0.2.1] is temporarily blocked for too many errors",
  "550 IP address 192.0.2.1 is blocked",
  "550 IP 192.0.2.1 is banned",
  "550 192.0.2.1 is blocked, see http://mx.example.org/",
  "550 [2001:db8::1] is blocked",
  "550 Your mail server's address is blocked",
  "550 Your mail server 192.0.2.1 has been suspended",
  "550 Your network is blocked",
  "550 Client host [192.0.2.1] is blocked",
  "554 Host network not allowed",
  "554 5.7.1 <mx.example.org[192.0.2.1]>: Client host rejected: Access denied",
  "550 Connection refused - your address is listed",
  "554 5.7.1 Connection refused: Your IP address is listed in a blocklist",
  "550 5.7.1 Access denied: 192.0.2.1 is listed at bl.example.org",
  "554 5.7.1 Rejected 192.0.2.1 found in dnsbl.sorbs.net",
  "550 Rejected because 192.0.2.1 is in a black list at zen",
  "554 IP in blacklist",
  "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means.",
  "550 5.7.1 Mail from 192.0.2.1 refused using Trend Micro RBL+",
  "450 4.7.1 Error: too much mail from 192.0.2.1",
  "554 5.2.1 mx refused: your host is blocked, user bob is not concerned",
  // Our domain and sender.
  "550 Mail from your domain is blocked",
  "550 Sender domain example.org is blocked",
  "550 Sender's account is blocked",
  "550 Your domain example.org is blocked",
  "550 5.7.1 Your account has been suspended",
  "550 The sender's domain is blacklisted",
  "550 Your e-mail address is blocked by the recipient's administrator",
  "550 The user has blocked you",
  "550 Rejected: you are in the recipient's blocked senders list",
  "501 5.1.8 Domain of sender address does not exist",
  "553 5.1.8 <ann@example.org>... Domain of sender address ann@example.org does not exist",
  "450 4.1.8 <ann@example.org>: Sender address rejected: Domain not found",
  "550 5.1.8 Access denied, bad outbound sender",
  "550 5.1.1 Sender verify failed: no such user",
  "550 5.2.1 Your account is disabled",
  "550 5.1.7 Invalid address",
  "550 5.1.0 <ann@example.org>: Sender address rejected: User unknown in virtual mailbox table",
  "550-Verification failed for <ann@example.org> 550-No Such User Here 550 Sender verify failed",
  "451 Could not complete sender verify callout",
  "550 Domain example.org has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.",
  "550 Domain example.org has exceeded the max defers and failures per hour (5/5 (100%)) allowed. Message discarded.",
  "550-Requested action not taken: mailbox unavailable 550-Sender address is not allowed.",
  // Names in the DNS, and what our server calls itself.
  "550 your host is not found in DNS",
  "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]",
  "450 4.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
  "550 5.7.1 Your hostname does not resolve",
  "550 5.7.1 Fix reverse DNS for 192.0.2.1",
  "421 Temporarily rejected. Reverse DNS for 192.0.2.1 failed. IB108",
  "550 No PTR record for 192.0.2.1",
  "550 Your server has no reverse DNS",
  "450 4.7.1 <mx.example.org>: Helo command rejected: Host not found",
  "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
  "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
  "550 REJECTED - Bad HELO - Host impersonating example.org",
  // How much comes.
  "450 4.7.1 <ann@example.org>: Sender rate limit exceeded",
  "421 4.3.2 Connection rate limit exceeded",
  "421 4.7.0 Too many connections from your host",
  "550 5.7.1 Your account is rate limited",
  "550 Connection frequency limited",
  "550 5.4.5 Daily user sending quota exceeded",
  // Microsoft.
  "550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please visit https://sender.office.com/ and follow the directions. For more information please go to http://go.microsoft.com/fwlink/?LinkID=526655 (AS16012609)",
  "550 5.7.511 Access denied, banned sender[192.0.2.1]. To request removal from this list please forward this message to delist@microsoft.com.",
  "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
  "550 SC-001 (COL004-MC1F24) Unfortunately, messages from 192.0.2.1 weren't sent. Please contact your Internet service provider since part of their network is on our block list.",
  "421 RP-001 (BAY004-MC1F1) Unfortunately, some messages from 192.0.2.1 weren't sent. Please try again. We have limits for how many messages can be sent per hour and per day.",
  "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)",
  "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
  "550 5.7.705 Access denied, tenant has exceeded threshold",
  "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains",
  "550 5.7.501 Access denied, spam abuse detected from IP",
  "550 5.7.509 Access denied, sending domain example.org does not pass DMARC verification and has a DMARC policy of reject.",
  "550 5.7.515 Access denied, sending domain example.org doesn't meet the required authentication level.",
  // Gmail.
  "550-5.7.1 [192.0.2.1] The IP you're using to send mail is not authorized to send email directly to our servers. Please use the SMTP relay at your service provider instead.",
  "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.",
  "550-5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP.",
  "550-5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.",
  "421-4.7.0 [192.0.2.1 15] Our system has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been temporarily rate limited.",
  "550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent.",
  // Yahoo and AOL.
  "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
  "421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes",
  "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list; see https://postmaster.yahooinc.com/error-codes",
  "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
  "521 5.2.1 : AOL will not accept delivery of this message.",
  // Lists and filters.
  "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1",
  "550 5.2.1 user's server blocked using zen.spamhaus.org",
  "550 JunkMail rejected - mx.example.org [192.0.2.1]:41234 is in an RBL: https://www.spamhaus.org/query/ip/192.0.2.1",
  "554 Service unavailable; Client host [mx.example.org] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.1",
  "550 permanent failure for one or more recipients (bob@example.net:blocked)",
  "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1",
  "550 5.7.1 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.1",
  "550 csi.mimecast.org Poor Reputation Sender. - https://community.mimecast.com/docs/DOC-1369#550 [abc]",
  "550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550",
  "550 Rejected by header based manually Blocked Senders: ann@example.org",
  "550 Envelope blocked - User Domain Entry",
  // German and other providers.
  "554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)",
  "554 IP=192.0.2.1 - None/bad reputation. Ask your postmaster for help or contact tobr@rx.t-online.de for reset. (NOWL)",
  "554 IP=192.0.2.1 - Dialup/transient IP not allowed. Use a mailgateway/mailserver (DIAL)",
  "554-web.de (mxweb012) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record. 554 For explanation visit https://postmaster.web.de/en/case?c=r0601&i=ip&v=192.0.2.1",
  "554-gmx.net (mxgmx012) Nemesis ESMTP Service not available 554-No SMTP service 554-IP address is black listed. 554 For explanation visit https://postmaster.gmx.net/",
  "554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit https://postmaster.gmx.net/",
  "550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137",
  "554 5.7.1 [HM07] Message rejected due to local policy.",
  "550 5.7.0 [192.0.2.1] Mail refused, temporarily blocked (OFR_415)",
  "554 resimta-po-12v.sys.comcast.net comcast 192.0.2.1 Comcast block for spam. Please see http://postmaster.comcast.net/smtp-error-codes.php#BL000000",
];

t.test("whoever turns us away says nothing of the recipient", async (t) => {
  for (const text of ofUs) {
    const { about, reason } = read(text);
    t.equal(about, "message", text);
    t.ok(["policy", "spam", "authentication"].includes(reason), reason);
  }
});

t.test("so do the codes for a sender's address", async (t) => {
  for (const status of ["5.1.7", "5.1.8", "4.1.8"])
    t.match(read("address unknown", status), {
      about: "message",
      reason: "policy",
    });
});

const ofRecipient: [reason: string, ...texts: string[]][] = [
  [
    "disabled",
    "550 5.2.1 mailbox is blocked",
    "550 5.2.1 mailbox is disabled",
    "550 5.2.1 <bob@example.net>: mailbox is blocked",
    "550 5.2.1 The mailbox is disabled",
    "host mx.example.net[192.0.2.1] said: 550 5.2.1 mailbox is blocked (in reply to RCPT TO command)",
    "host mx.example.net[192.0.2.1] said: 550 user blocked (in reply to MAIL FROM command)",
    "550 user blocked",
    "550 User's mailbox is blocked",
    "550 account suspended",
    "550 5.2.1 account is locked",
    "550 The account is temporarily suspended",
    "554 delivery error: dd This account has been temporarily suspended",
    "550 Recipient address is blocked",
    "550 5.5.0 The recipient account is blocked. LPN007_426",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "550 Your message was not accepted: the recipient's account is blocked",
    "550 Message from ann@example.org not delivered: account bob is disabled",
    "550 5.7.1 The account is disabled",
    "550 Message was not accepted -- invalid mailbox. Account is disabled",
    "550 domain example.net is suspended",
    "192.0.2.1 said: 550 5.2.1 account locked",
    "550 5.2.1 Inactive user, mail from 192.0.2.1 will be refused",
  ],
  [
    "no-such-user",
    "550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos",
    "550 Your message to bob@example.net could not be delivered: no such user",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.4.1 Recipient address rejected: Access denied",
    "550 5.1.1 <bob@example.net> user unknown. If your server is blocked see http://mx.example.net",
    "host mx.example.net[192.0.2.1] said: 550 unknown user (in reply to RCPT TO command)",
  ],
  [
    "mailbox-full",
    "452 4.2.2 The email account that you tried to reach is over quota",
    "552 5.2.2 Your message from 192.0.2.1 was not accepted: mailbox full",
    "552 5.2.2 Mailbox full, your message from ann@example.org was not accepted",
  ],
  [
    "unreachable",
    "550 5.1.2 Host unknown",
    "Host or domain name not found. Name service error for name=example.net type=MX",
    "connect to mx.example.net[192.0.2.1]:25: Connection refused",
    "host mx.example.net[192.0.2.1] refused to talk to me: 421 Service not available",
    "lost connection with mx.example.net[192.0.2.1] while performing the EHLO handshake",
    "SMTP error from remote mail server after EHLO mx.example.org: 421 Service not available",
  ],
];

t.test("what is said of the recipient stays his", async (t) => {
  for (const [reason, ...texts] of ofRecipient)
    for (const text of texts)
      t.match(read(text), { about: "recipient", reason }, text);
});

t.test("long lines take no time", async (t) => {
  const started = performance.now();
  for (const piece of [
    "your ip ",
    "mail from 192.0.2.1 ",
    "sender ",
    "ip is ",
    "helo ",
    "1.1.1.1 ",
    "::::",
    "from your ",
    "client host [1] ",
  ])
    read(piece.repeat(4000));
  t.ok(performance.now() - started < 3000);
});
