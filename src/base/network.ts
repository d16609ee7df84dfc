/**
 * Networks as people write them, "192.0.2.0/24", "2001:db8::/32" or one address, and whether an address
 * is in one of them. An IPv4 address that IPv6 brings (::ffff:192.0.2.1, RFC 4291 §2.5.5.2) is that IPv4
 * address. Pure.
 */
import { BlockList, isIP } from "node:net";

interface Network {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  /** Bits. */
  readonly prefix: number;
}

/** Bits in front of an IPv4 address that IPv6 brings. */
const MAPPED = 96;

/** Undefined where the text is none. */
export function networkIn(text: string): Network | undefined {
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes("%")) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = Number(bits ?? most);
  if (prefix > most) return undefined;
  const inside = mappedIn(address);
  if (inside !== undefined && prefix >= MAPPED)
    return { address: inside, family: "ipv4", prefix: prefix - MAPPED };
  return { address, family: version === 4 ? "ipv4" : "ipv6", prefix };
}

/** The addresses of some networks. @param texts each a network */
export class Networks {
  /** Apart: to BlockList an IPv4 address is in ::/8 too. */
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const network = networkIn(text);
      if (!network) continue;
      const { address, prefix, family } = network;
      this.#lists[family].addSubnet(address, prefix, family);
    }
  }

  /** @param address as a socket gives it, perhaps with the zone of a link behind "%" */
  has(address: string): boolean {
    const whole = address.replace(/%.*$/, "");
    if (isIP(whole) === 0) return false;
    const inside = mappedIn(whole) ?? whole;
    const family = isIP(inside) === 4 ? "ipv4" : "ipv6";
    return this.#lists[family].check(inside, family);
  }
}

function mappedIn(address: string): string | undefined {
  const written = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (written !== undefined) return written;
  const [, high, low] =
    /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join(".");
}
