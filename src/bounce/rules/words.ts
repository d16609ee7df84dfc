/**
 * The words in which mail systems say why, in the order in which they are looked for. Those of `sure`
 * are believed before the enhanced status, for many systems give 5.7.1 or 5.0.0 for everything; those
 * of vague.ts only where it says nothing. Data; no pattern repeats without a bound.
 */
import type { Reason } from "../report.ts";
import { ours } from "./ours.ts";

/** A pattern of several. */
export const any = (...alternatives: string[]) =>
  new RegExp(alternatives.join("|"), "i");

/** What stands in diagnoses of every kind and says nothing. */
export const boilerplate =
  /to (?:best )?protect our users from spam|reduce the amount of spam sent to \w+|anti-?spam\w*|spam-?assassin|spam (?:firewall|filter|gateway) (?:at|on|of)|recipient address rejected:(?! ?access denied)|sorry, no SMTP connection got far enough; most progress was \w+ \w+ response/gi;

export type Words = readonly (readonly [Reason, RegExp])[];

export const sure: Words = [
  [
    "greylisted",
    any("gr[ae]y-?list", "temporarily rejected, (?:please )?try again"),
  ],
  [
    "no-such-user",
    any(
      "all recipient addresses rejected",
      // Exchange Online says so of who is not there; Postfix, with 5.7.1, of any REJECT.
      "5\\.4\\.1\\b.{0,200}recipient address rejected: ?access denied",
      "recipient address rejected: ?access denied.{0,20}AS\\(",
      "account or domain may not exist",
    ),
  ],
  [
    "policy",
    any(
      "(?:relay|sending|daily|hourly|rate|outgoing|message rate) (?:\\S{1,20} )?quota",
      "not (?:a )?(?:member|subscri\\w+)|may not have permission to post",
      "user complaints|unexpected volume|deferred due to",
      "very low reputation|low reputation",
      "not accepting (?:mail|messages|e-?mail) (?:from|with)",
      "not rfc ?\\d{3,4}(?: or \\d{3,4})? compliant",
      "mismatch\\w* client|protocol violation|provide a valid from",
      "address is not verified",
      "(?:sender|my name|envelope sender)(?: address)? (?:was |is |has been )?(?:rejected|refused|denied|blocked)",
      "unroutable sender|invalid sender|mail rejet|mail rejected\\. ofr",
      "turn on smtp authentication",
    ),
  ],
  ["system", any("receiving mail (?:at a rate|too quickly)")],
  [
    "authentication",
    any(
      "\\bdmarc\\b",
      "\\bdkim\\b",
      "\\bspf\\b",
      "sender policy framework",
      "sender id (?:check|fail)",
      "openspf\\.",
      "unauthenticated (?:e-?mail|mail)",
      "does not have authentication information",
      "(?:not|isn't|n't) (?:been )?authenticated (?:due|email|mail|sender)",
      "fails? (?:the )?authentication checks?",
      "missing authentication",
      "authentication (?:checks?|results?|information)(?: or| and)? (?:failed|fails|required|is missing)",
      "sender authentication",
    ),
  ],
  // Code and words together are of the recipient, whoever else is named behind them.
  [
    "no-such-user",
    any(
      "^(?![^]{0,4000}\\bsender)[^]{0,4000}\\b[45]\\.1\\.1\\b[^]{0,200}(?:(?:user|recipient|mailbox) unknown|(?:unknown|no such|invalid) (?:user|recipient|mailbox)|(?:user|recipient|mailbox) (?:does not exist|not found))",
    ),
  ],
  [
    "mailbox-full",
    any(
      "^(?![^]{0,4000}\\bsender)[^]{0,4000}\\b[45]\\.2\\.2\\b[^]{0,200}(?:mailbox (?:is )?full|over ?quota)",
    ),
  ],
  [
    "disabled",
    any(
      "^(?![^]{0,4000}\\bsender)[^]{0,4000}\\b[45]\\.2\\.1\\b[^]{0,200}(?:inactive user|(?<!\\b(?:your|our|client|sending) )(?:mailbox|account|user) (?:is |was |has been )?(?:disabled|inactive|suspended|locked|closed))",
    ),
  ],
  ["policy", any(...ours)],
  [
    "mailbox-full",
    any(
      "(?:mail ?box|inbox|mail ?folder|mail ?drop|account|user|recipient|disk|storage)(?: \\S{1,80})?(?: is| has| has been| was)?(?: currently| already| temporarily| too)? (?:full|over ?quota|exceeded|exceeding|out of space|overfull)",
      "(?:over|exceed\\w*|out of|above|beyond|reached|past|no)(?: \\S{1,20}){0,4} (?:disk |storage |mail(?:box)? |message |byte |user |account )?quota",
      "quota (?:\\S{1,20} ){0,2}(?:has been |is |was |would be )?(?:exceed|full|reached|violat)",
      "quota ?exceeded",
      "\\b(?:over|exceeded) ?quota\\b",
      "mail(?:box)?_?full\\b",
      "full mail ?box",
      "mail ?box exceeds|mailbox (?:size |space |storage )?(?:limit|has exceeded|exceeds)",
      "(?:insufficient|not enough|no|out of) (?:disk |storage |mailbox |free )+(?:space|room)",
      "too many (?:messages|mails|emails) (?:in|on) ",
      "exceeded storage allocation",
      "not enough storage space",
      "message would exceed quota",
      "disc quota",
      "disk full",
      "over the (?:allowed|maximum|storage|permitted)",
      "bo[iî]te (?:aux lettres|mail|de r[ée]ception) .{0,30}pleine",
      "postfach .{0,40}voll",
      "buz[oó]n .{0,40}lleno",
      "容量",
      "メールボックスが(?:一杯|いっぱい|満杯)",
    ),
  ],
  [
    "too-large",
    any(
      "message (?:size|length) exceeds",
      "exceeds? (?:the )?(?:fixed |allowed |server |configured )?(?:maximum|max\\.?|allowed|permitted) (?:message|mail|e-?mail|attachment)? ?size",
      "(?:message|mail|e-?mail|data|content|header|headers) (?:is |was |size )?(?:too|over) (?:large|big|long)\\b",
      "(?:message|mail) (?:is )?larger than",
      "size (?:of the )?(?:message|limit|exceed)",
      "max(?:imum)? message size",
      "too (?:big|large) (?:for|a) ",
      "over(?:sized?) message",
      "line (?:too long|limit exceeded|length)",
      "message too big",
    ),
  ],
  [
    "disabled",
    any(
      "(?:account|mail ?box|user|address|recipient|e-?mail|domain|addressee|login)(?: \\S{1,80})?(?: id)?(?: is| was| has been| have been|'s| ist| for this (?:user|recipient))?(?: \\S{1,20})?(?: been)?[ -](?:disabled|inactive|in-active|suspended|deactivated|de-activated|closed|frozen|locked|blocked|expired|dormant|discontinued|cancel(?:l)?ed|terminated|blocked for inactivity|temporarily unavailable|not active|not been active|administratively)",
      "(?:disabled|inactive|suspended|deactivated|closed|frozen|expired|dormant) (?:account|mail ?box|user|recipient|domain|address)",
      "this account (?:has been|is) (?:temporarily )?(?:suspend|disabl|block)",
      "mailaddress is administrative?ly disabled",
      "administratively (?:denied|disabled)",
      "no longer (?:active|in service|in use|used|accepts?|available|works|employed|valid)",
      "has (?:left|moved)\\b",
      "changed (?:his|her|their|its|the|my) (?:e-?mail )?address",
      "boîte .{0,20}désactivée",
      "inactive for",
      "vdelivermail: account is locked",
      "account.{0,20}not been activated",
      "invalid\\/inactive",
    ),
  ],
  [
    "spam",
    any(
      "(?<!anti[- ]?|no-?|non-?)\\bspam(?!assassin-?milter|\\S*@|cop\\.net|haus)(?:my|ming|med|mer|trap)?\\b(?! ?(?:firewall|filter on|gateway|appliance))",
      "unsolicited",
      "\\bUBE\\b|\\bUCE\\b",
      "junk (?:e-?)?mail",
      "\\bbulk (?:e-?)?mail",
      "\\bvirus\\b",
      "malware|infected|phish",
      "迷惑メール",
    ),
  ],
  [
    "policy",
    any(
      "(?:access|connection|relay|service|permission|client host|sender address|sender|message|mail|e-?mail|content) (?:was |is |has been |been )?(?:denied|rejected|refused|blocked|prohibited|not accepted|discarded)(?: \\S{1,40}){0,4} (?:by|due|for|because|based|as) (?:\\S{1,20} )?(?:policy|security|content|admin|local|filter|url|attachment|reputation|rule)",
      "(?:security|local|site|company|content|corporate|mail|e-?mail|organi[sz]ation(?:al)?|administrative|recipient|group|server|our) polic(?:y|ies)",
      "polic(?:y|ies) (?:violation|reasons|rejection|restriction|block)",
      "(?:violates?|violating|against|due to) (?:\\S{1,20} ){0,3}polic(?:y|ies)",
      "prohibited (?:attachment|content|file|extension)",
      "(?:attachment|content|file|url|link|header|subject)s? (?:\\S{1,30} )?(?:is |are |was |were |has been )?(?:not allowed|rejected|blocked|forbidden|prohibited|denied|banned)",
      "illegal attachment|blocked (?:url|content|attachment)",
      "suspicious|content (?:filter|rejected|restriction)",
      "too many recipients|sender domain",
      "rfc ?2?[58]?\\d\\d\\d? ?(?:2822|5322|822)?.{0,20}(?:complian|violat|non)",
      "not? (?:rfc|complian).{0,10}(?:complian|5322|2822)",
      "duplicate (?:header|from|subject)|multiple (?:from|subject|.{1,20} headers)",
      "must issue a starttls|tls (?:is )?required|encryption (?:is )?(?:needed|required)",
      "not (?:allowed|permitted|authorized) to (?:send|post|submit)",
      "you (?:are|do) not (?:allowed|permitted|authorized|have permission)",
      "(?:restricted|only accept).{0,40}(?:sender|member|from)",
      "(?:denied|rejected|refused|blocked) (?:by|due to) (?:\\S{1,20} ){0,3}(?:policy|filter|administrator|security|rule)",
      "delivery not authorized",
      "administrative prohibition",
    ),
  ],
  [
    "loop",
    any(
      "too many (?:hops|received)",
      "hop count",
      "(?:mail|routing|forwarding|delivery|message|possible) loop",
      "loops? back to (?:my|it)self",
      "mail for \\S{1,100} loops",
      "looping",
      "list of hosts? .{0,30}includes? (?:this|the local) (?:host|system)",
    ),
  ],
  [
    "unreachable",
    any(
      "host (?:or domain name )?(?:was |is )?(?:not found|unknown)|unknown host|(?:no such|invalid|bad) host",
      "(?:domain|hostname|domain name)(?: name)?(?: \\S{1,80})? (?:was |is |does |has )?(?:not (?:found|exist|resolve)|unknown|invalid|unresolvable|non-?existent)",
      "nxdomain|name (?:service|server|or service).{0,10}(?:error|fail|not known)",
      "no (?:mx|a|aaaa|dns)(?: or (?:a|aaaa))?[ -]?(?:record|information|entries|rr|for)|null ?mx|no SMTP service",
      "host\\/domain (?:name )?(?:found|does not accept)|domain is not reachable",
      "(?:couldn'?t|could not|cannot|can't|unable to) find (?:an?|any|the) (?:mail exchanger|host|gateway|mx|domain)",
      "relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed|authorized)|prohibited)|no relaying|not configured to relay",
      "(?:unable|not (?:permitted|allowed)|cannot|won't|denied) to relay|we do not relay",
      "not in my list of allowed rcpthosts|isn'?t in my control|rcpthosts",
      "unrouteable (?:mail )?domain",
    ),
  ],
  [
    "no-such-user",
    any(
      "no valid recipients?",
      "(?:user|recipient|mail ?box|account|address|addressee|alias|login|destinataire|local ?part|rcpt|receiver|destination|subscriber|empf[aä]nger)(?: \\S{1,80}){0,2}?(?: is| was| are| has been| seems to be|'s| ist| est|:| -)? ?(?:currently |completely |not |un|in|non.?|is |locally )*(?:unknown|valid|known|found|exist|listed|recogni[sz]ed|inconnue?|unbekannt|available here|available at|defined|match|resolve|in directory|registered|bekannt)",
      "(?:unknown|invalid|no such|nonexist[ae]nt|non-exist[ae]nt|bad|illegal|unrouteable|unroutable|undeliverable|incorrect|unbekannter?)(?: \\S{1,20}){0,2} (?:user|recipient|address|mail ?box|account|addressee|alias|name|person|local|e-?mail|destination|virtual|empf)",
      "(?:does|do|did|is|was|has|could|can)(?: not|n['’]?t) (?:\\S{1,10} )?(?:exist|have (?:an?|any) .{0,60}(?:account|mailbox|user|yahoo)|have (?:an?|any) account|found|find|known|recogni[sz]ed|a (?:valid|known|registered|user)|valid|list(?:ed)?|appear|our customer|a member|like recipient|on this|be found)",
      "doesn['’]?t have an? ",
      "no (?:mail ?box|user|account|recipient|match|mailhost|valid recipient|local mailbox|one|person)(?: \\S{1,20}){0,4} (?:here|found|by that|with that|of that|named|name|at|exists?|called|under)",
      "\\bno (?:mail ?box|such (?:user|person|recipient|address|mailbox|account|local|name|domain user))\\b",
      "not (?:a )?(?:valid|known|our|local|listed|found|recogni[sz]ed)(?: \\S{1,20}){0,2} (?:user|recipient|mailbox|address|customer|account|in|name)",
      "user (?:unknown|not found|invalid|doesn)",
      "unknown (?:to|local|address|user|recipient)",
      "not our customer",
      "unrouteable address",
      "cannot be (?:found|resolved)",
      "couldn'?t be found",
      "wasn['’]t found",
      "not listed in",
      "no route found to",
      "mailbox (?:not found|unavailable|name not allowed)",
      "mailbox is unavailable",
      "inbox (?:is )?(?:not found)",
      "no existe|desconocid[oa]|n'existe pas|utilisateur inconnu|inconnu[e]? |utente (?:sconosciuto|inesistente)|usu[aá]rio (?:desconhecido|n[aã]o)|nicht (?:bekannt|gefunden)|existiert nicht|ist unbekannt|nieznany|не (?:найден|существует)|未知|不存在|ユーザ.{0,10}(?:存在しません|見つかりません|いません)|あて先|宛先",
      "r[ée]ceptionnaire",
      "unknown_?user|invalid_?(?:user|recipient)|InvalidRecipient|RecipNotFound|RecipientNotFound",
      "misspelled",
    ),
  ],
];
