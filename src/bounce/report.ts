/**
 * What a mail to the address for bounces may be, and what is known of each. Types only.
 */

/** Why a message was not delivered; "authentication" is DMARC, SPF and DKIM. */
export type Reason =
  | "no-such-user"
  | "disabled"
  | "mailbox-full"
  | "too-large"
  | "unreachable"
  | "greylisted"
  | "expired"
  | "loop"
  | "system"
  | "policy"
  | "spam"
  | "authentication"
  | "other";

export interface Failure {
  /** The address as it was mailed, where the report says so; else the final one. */
  readonly recipient: string;
  /** Where the message went in the end, where that is another address. */
  readonly final?: string;
  readonly duration: "permanent" | "temporary";
  /** Of the message: it was refused for what it is, which says nothing of the member. */
  readonly about: "recipient" | "message";
  readonly reason: Reason;
  /** RFC 3463. */
  readonly status?: string;
  /** The diagnosis in one line of at most 500 characters, "" where there is none. */
  readonly text: string;
}

/** What is known of the message that came back. */
export interface Returned {
  readonly messageId?: string;
  readonly subject?: string;
  /** Of its envelope, of List-Unsubscribe and To, and of the report's own; canonical, at most 50. */
  readonly addresses: readonly string[];
}

export type Report =
  | {
      readonly kind: "bounce";
      /** Of which mail system; "rfc3464" and "generic" where it is not known. */
      readonly family: string;
      /** Empty: it surely is a bounce, and names nobody. */
      readonly failures: readonly Failure[];
      readonly returned: Returned;
    }
  | {
      readonly kind: "complaint";
      /** Lower case: "abuse", "opt-out", "auth-failure" … */
      readonly feedback: string;
      readonly recipients: readonly string[];
      readonly returned: Returned;
    }
  | {
      readonly kind: "delay";
      readonly why: string;
      /** Who is still waited for: no failures yet. */
      readonly failures: readonly Failure[];
    }
  | {
      readonly kind:
        | "receipt"
        | "delivered"
        | "challenge"
        | "vacation"
        | "relayed";
      readonly why: string;
    }
  | { readonly kind: "unrecognised"; readonly returned: Returned };
