/**
 * Who sends reports, and what reports are called, where no family is known. Data.
 */

export const daemon =
  /mailer[-_. ]?daemon|mail[-_. ]?daemon|post[-_. ]?master|mail deliver(?:y|ing)?[-_. ]?(?:sub)?(?:system|service|agent)?\b|delivery (?:sub)?system|mail (?:system|administrator|administrateur)|system administrator|^\s*<>\s*$|daemon@|smtp[-_ ]?(?:mail[-_ ]?)?service|sysadmin@|mailserver|mail-?admin|bounces?@/i;

export const subject =
  /undeliver|not delivered|undelivered|non[- ]?deliver|nondeliver|returned (?:mail|message|e-?mail)|returned to sender|(?:mail|delivery|message|transport|transmission|e-?mail) (?:delivery )?(?:has )?(?:fail|error|problem|system error|notification|status)|fail(?:ed|ure)(?: notice| delivery| mail|:| to )|delivery (?:status|report|failure|has failed)|could not (?:be )?(?:deliver|send|sent)|could not be delivered|unzustellbar|nicht zugestellt|r[üu]ckl[äa]ufer|non remis|[ée]chec|impossible de (?:remettre|livrer)|utilisateur (?:inconnu|non)|no (?:entregado|se pudo)|devuelto|devolvido|n[ãa]o entregue|mancata consegna|onbestelbaar|niet (?:bezorgd|afgeleverd)|не доставлено|недоставлен|配信不能|配信でき|送信できません|メールエラー|退信|系统退信|bounce|user unknown|mail error|error sending|(?:^|\W)rejected|message you sent (?:was )?blocked|error (?:in|during) delivery|unknown user|permanent delivery/i;

/** Sentences that only reports have, for those that come from the null sender without a telling subject. */
export const sentence =
  /could(?: not|n't) be (?:delivered|sent)|(?:was|were|has been|have been) (?:not delivered|undeliverable|returned)|unable to (?:deliver|send)|delivery (?:has )?failed|(?:is|was) not (?:a )?(?:valid|known) (?:user|recipient|address)|not a valid (?:user|recipient|address)|konnte nicht zugestellt|n'a pas (?:pu )?[êe]tre|no pudo ser entregado|не может быть доставлено/i;

/** Notices of a filter that keeps a message until somebody has looked at it: it may arrive yet. */
export const held = {
  subject:
    /\b(?:message|e-?mail|mail)s?\b.{0,60}\bquarantined?\b|\bquarantined? (?:message|e-?mail|mail|notif|report|summary|digest)/i,
  sentence:
    /^(?!.*\b[45]\d\d\b).{0,40}\b(?:message|e-?mail|mail)\b.{0,200}\b(?:has been|was|is|were|have been) (?:(?:placed|put|held|moved|sent|kept|stored) (?:in|into|to) (?:\w{1,12} )?quarantine|quarantined)\b/i,
};

/** People pass reports on; what they write about them is no report. */
export const passedOn =
  /^\s*(?:fwd?|fw|wg|tr|rv|re|aw|antw|sv|vs|vb|enc|i)\s*(?:\[\d+\])?\s*:/i;
