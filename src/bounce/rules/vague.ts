/** The words that are believed only where the enhanced status says nothing: see words.ts. Data. */
import { any, type Words } from "./words.ts";

export const vague: Words = [
  [
    "expired",
    any(
      "(?:delivery|retry|queue|message|retention|mail|maximum|max|delivery) (?:time|timeout|lifetime|age|duration)(?: \\S{1,20}){0,3} (?:exceeded|expired|exhausted|elapsed|passed)",
      "(?:delivery )?(?:time|timeout|life ?time)(?:-?out)? (?:expired|exceeded)",
      "retry (?:timeout|time limit|limit|count|time not)",
      "(?:been|was|is) (?:in the queue|queued|on the queue|undeliverable)(?: \\S{1,20}){0,2} (?:too long|for|longer)",
      "(?:in|on) (?:the|my|our|mail) queue too long",
      "could not be delivered (?:for|within|in|after) ",
      "(?:not|unable|n't|undelivered|undeliverable|failed)(?: \\S{1,20}){0,6} (?:for|within|after|in)(?: more than| over)? (?:the last |the past )?(?:\\d+|one|two|three|four|five|several|many) ?(?:more )?(?:day|hour|minute|d\\b|h\\b|tries|attempt|tri|times)",
      "unable to deliver (?:this )?message after",
      "giving up|gave up|given up",
      "message expired|expired after|too old|has expired",
      "retries|too many (?:delivery )?attempts|maximum number of (?:delivery |retr)",
      "cannot send (?:message|mail) (?:for|within)",
      "all (?:hosts|relevant mx).{0,60}(?:failing|been failing|down)",
      "delivery (?:attempts|has been) (?:suspended|delayed|stopped)",
      "envelope expired|delivery failed \\d+ attempts",
      "delayed|time ?out waiting|too long",
    ),
  ],
  [
    "unreachable",
    any(
      "\\b(?:host|domain|server|site|name service|name server|dns|mx|hostname|domain name)(?: \\S{1,100})?(?: is| was| has|:)? ?(?:not |un|non.?|in|no |does ?n[o']t )*(?:unknown|found|exist|resolv|reachable|valid|respond|reply|lookup|look up|down|error|fail)",
      "(?:unknown|invalid|no such|nonexistent|non-existent|bad|cannot find|can't find|illegal|unresolvable) (?:\\S{1,20} )?(?:host|domain|mail exchanger|server|mx|mail server)",
      "nxdomain|no (?:mx|a|aaaa|dns)[ -]?(?:or a )?(?:record|information|entries|rr)|null mx|nullmx",
      "name (?:service|server|or service).{0,10}(?:error|fail|not known)",
      "connection (?:timed? ?out|refused|reset|lost|closed|dropped|failed|died|was refused|with|to|attempt|aborted|terminated)",
      "(?:could|can|did|was|is)(?: not|n'?t|not) (?:\\S{1,15} )?(?:connect|establish|contact|reach|open connection|resolve|find (?:any|a host|host|the domain))",
      "(?:unable|failed|failure) to (?:connect|contact|reach|resolve|route|relay|find host)",
      "timed? ?out|time-?out",
      "(?:network|host|route|destination) (?:is )?unreachable|no route to host",
      "unrouteable (?:mail )?domain|all relevant mx records",
      "lost connection|conversation with|broken pipe|no (?:answer|response|reply) from|server (?:not available|busy|is busy)|remote host (?:said|closed|is down)",
      "relay(?:ing)? (?:is )?(?:denied|not (?:permitted|allowed|authorized)|access|prohibited|attempt)",
      "(?:unable|not (?:permitted|allowed)|cannot|won't|denied) to relay|we do not relay|relay not permitted|no relay",
      "tls (?:handshake|negotiation|connection)|starttls.{0,20}(?:fail|error)|certificate",
      "not in my list of allowed rcpthosts|isn'?t in my control|rcpthosts",
      "temporarily (?:unavailable|deferred|rejected|unable)|try again (?:later|in)|service (?:temporarily )?(?:not available|unavailable)|temporary (?:failure|problem|error|local)",
    ),
  ],
  [
    "policy",
    any(
      "(?:message|mail|e-?mail|transaction|delivery|content|connection|data|sender|host)(?: \\S{1,30})?(?: was| is| has been| have been| had been)? (?:\\S{1,12} )?(?:rejected|refused|denied|blocked|not accepted|prohibited|bounced|not allowed|filtered)",
      "access (?:is )?denied|access restricted|permission denied|not (?:permitted|authori[sz]ed|allowed)|refused to accept|rejected by|refused by|denied by",
      "prohibited|forbidden|restrict",
      "\\b(?:ABUSE|blocked|banned)\\b",
    ),
  ],
  [
    "no-such-user",
    any(
      "(?:recipient|address|user|account|mailbox)(?: address)? ?(?:\\S{1,80} )?(?:was |is |has been )?(?:rejected|refused|undeliverable|denied)",
      "(?:is|was|are|were) (?:not known|unknown)|(?:un|not )known here",
      "delivery to the following recipients? (?:was|were|has been|have been)? ?(?:rejected|refused)",
    ),
  ],
  [
    "system",
    any(
      "(?:local|system|internal|configuration|config|processing|unexpected|server|software|i\\/o|disk|database|service) (?:\\S{1,20} )?(?:error|problem|failure|fault)",
      "command (?:died|failed|time|rejected|unrecogni[sz]ed|output)|(?:unknown|bad) mailer|mailer error|exit(?:ed)? (?:with |code|status)|exitcode|died with|failed to (?:open|create|lock|write|deliver|append)",
      "can(?:'?t|not) (?:create|open|lock|write|append|chdir|exec|stat|access)",
      "no space left|out of (?:memory|disk)|insufficient (?:system|resource)|resources?|permission|alias|\\.forward|pipe|syntax error|protocol error",
    ),
  ],
];
