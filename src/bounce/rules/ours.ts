/**
 * The words in which mail systems turn away whoever brings a message: our server's address and name, our
 * domain, our sender. They say nothing of the recipient, and are looked for before the words about him,
 * for both are "blocked" and "not found". Data; no pattern repeats without a bound.
 */

/** Whose it is. */
const WHO =
  "(?:your|the sending|sending|sender(?:'s|s')?|the sender(?:'s|s')?|client|connecting|originating|from)(?: (?:ip|smtp|e-?mail|mail|sending|sender|outgoing|domain|host|isp|current|public|source)){0,2}";
/** What of it. */
const WHAT =
  "(?:ips?|address(?:es)?|domains?|hosts?|hostname|name|server|mta|mailserver|network|subnet|range|account|provider|sender|client|connection)";
/** Its name, where it is told. */
const NAMED = "(?:[ :=]{1,2}[\\[(<\"']?[^\\s,;]{1,80}[\\])>\"']?,?){0,2}?";
const IS =
  "(?: (?:is|was|are|has|have|been|being|currently|temporarily|permanently|already|now)){0,4}?";
const SHUT =
  "(?:block|ban|bann|black-?list|black ?list|deny-?list|suspend|disabl|lock|reject|refus|denied|prohibit|throttl|rate.limit|listed|not (?:allowed|permitted|accepted|authori[sz]ed|welcome))";
const IP =
  "[\\[(]?(?:(?:\\d{1,3}\\.){3}\\d{1,3}|(?:ipv6:)?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})[\\])]?";
const MISSING =
  "(?: (?:is|was|does|do|did|has|could|can|cannot|must))?(?: (?:not|be|been)|n't){0,3} ?(?:found|exist|resolv|unresolv|unknown|invalid|non-?existent|no (?:mx|a|dns|ptr|reverse))";

export const ours: readonly string[] = [
  // A sender's domain or address that is none.
  "\\b[45]\\.1\\.[78]\\b",
  "domain of (?:the )?sender",
  "(?:sender|envelope sender|mail from|return[- ]?path)(?:'s)?(?: e-?mail)?(?: address| domain| hostname)?(?: \\S{1,80})?(?: was| is| has been|:)? ?(?:rejected|refused|denied|verif|not allowed|not accepted|not permitted|blocked|banned|invalid|unknown)",
  "sender.{0,40}(?:domain must|does not exist|not found|must resolve|does not resolve)",
  "(?:callout|sender) verif",
  `\\b(?:your|client|connecting|sending|sender(?:'s)?)(?: (?:ip|smtp|mail|e-?mail|sending|sender))? (?:hosts?|hostname|host ?name|domain|domain ?name|server|ip|ip address)${NAMED}${MISSING}`,
  // Our server, domain or sender is shut out.
  `\\b${WHO} ${WHAT}\\b(?:(?:'s)? ${WHAT}\\b|'s)?${NAMED}${IS} ?${SHUT}`,
  `(?<![?&])\\bips?(?: address(?:es)?)?${NAMED}${IS} ?${SHUT}`,
  `(?:^|[\\s:<(])${IP}(?: (?:is|was|has been|are|currently|temporarily|permanently)){1,3} ?${SHUT}`,
  `\\b(?:blocked|banned|black-?listed|listed|bad|untrusted|dynamic|dial-?up|rejected|denied) (?:sending |sender |client |source )?(?:ips?\\b|hosts?\\b(?! list)|sender)`,
  "\\b(?:ip|host|client|network|connection) (?:is )?(?:in|on) (?:a |an |the |our )?(?:\\S{1,20} )?(?:black|block|deny|rbl|dnsbl)",
  "(?:e-?mails?|mails?|messages?|connections?|traffic|sessions?)(?: sent| originating| coming)?(?: (?:is|are|will be|will|not|be|accepted|allowed)){0,4} from (?:your|this|that|the sending|the sender|sender|dynamic|domain|host|ip|\\[?\\d{1,3}\\.\\d|\\S{1,60}\\[)(?:[^.]|\\.(?=\\S)){0,80}?(?:block|ban|reject|refus|denied|deferred|accepted|allowed|prohibited|weren'?t sent|were not sent|limit)",
  "(?:not accept(?:ed|ing)?|refus\\w{0,3}|reject\\w{0,3}|deny\\w{0,3}|block\\w{0,3}|too (?:much|many)) (?:\\S{1,20} )?(?:e-?mails?|mails?|messages?|connections?|traffic|smtp)? ?(?:from|by) (?:your|this|that|the sender|dynamic|\\[?\\d{1,3}\\.\\d)",
  "traffic not accepted|no relay access allowed from|will be permanently deferred|not authorized to send (?:e-?mail )?directly",
  "block(?:ed)?[- ]?(?:senders?|ips?)\\b|blocked (?:using|see)\\b|blocked - see|(?:you are|you have been|you've been|sender) (?:\\S{1,12} )?(?:blocked|banned)|envelope (?:is |was )?blocked",
  "\\bclient (?:is |was )?(?:blocked|banned)|blocked (?:the sender|you\\b|your\\b)|\\(\\S{0,80}:blocked\\)",
  "host network not allowed|aol will not accept|\\bIP=\\S{3,45} - |\\bban(?:ned)? sending ip",
  "(?:connections?|access|session|service) (?:was |is |has been )?(?:refused|denied|rejected|blocked)[ ,;:.-]{1,4}(?:your|because your|banned|listed|ip|blacklist)",
  "access to this (?:mail )?(?:system|server) has been (?:rejected|denied|blocked)",
  "(?:client|your|sending) (?:host|ip|server|network|mail server|mta)(?: address)?(?: \\S{1,60})?(?: has been| is| was)? ?(?:temporarily )?(?:block|ban|reject|refused|denied|not allowed|prohibited|listed)",
  // Lists of those that are shut out.
  "black ?-?list|block ?-?list|deny ?list|\\b(?:dns|r|s)bls?\\b",
  "spamhaus|spamcop|sorbs|barracudacentral|barracuda reputation|barracudanetworks\\.com\\/reputation|uceprotect|senderbase|cloudmark|senderscore|abusix|proofpoint dynamic|ipcheck\\.proofpoint|dnsbl-lookup|abuseat|trustedsource|mimecast\\.org",
  "reputation",
  // The name of our server.
  "(?:reverse|rdns|ptr|fcrdns|forward.confirmed)[ -]?(?:dns|record|lookup|hostname|map)?\\b.{0,60}(?:fail|missing|not|no |match|record|need|require|invalid|unable|unknown)",
  "(?:no|without|missing|bad|invalid|unknown|find|cannot find your|fix|fix your|lacks?|needs?|have|has|valid) (?:a |an |valid |dns |your |matching ){0,3}(?:ptr|rdns|fcrdns|reverse)\\b",
  "cannot (?:find|resolve) your (?:reverse )?(?:hostname|host ?name|address|domain)",
  "\\b(?:helo|ehlo)\\b(?: \\S{1,80}){0,3}? (?:is |was )?(?:reject|refus|denied|invalid|must|need|require|mismatch|bogus|unresolv|impersonat|not (?:valid|resolv|fully|fqdn|match|allowed|accept))|(?:bad|invalid|bogus|forged|unacceptable|your|unresolvable) (?:helo|ehlo)",
  // How much comes from us.
  "rate.?limit|throttl|too many (?:connections|concurrent|sessions|errors|requests|messages from)|sending (?:limit|rate|quota)|unusual (?:rate|amount)|exceeded (?:the )?(?:rate|connection|sending|hourly|daily)|frequency limited",
  "exceeded (?:the )?(?:max(?:imum)? )?(?:e-?mails|defers|messages)(?: and failures)? per (?:hour|day|minute)|limits for how many messages",
];
