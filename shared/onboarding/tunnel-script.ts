import { TAG } from './names.ts';
import { asRange, hubOf, inRange, type Tunnel } from './reach.ts';
import { type Code, rsc } from './script.ts';

/** A tunnel as one router has it. */
export interface TunnelEnd {
  readonly tunnel: Tunnel;
  /** The public half of the hub's. */
  readonly hubKey: string;
  /** The router's own. */
  readonly address: string;
}

const removeEnds = [
  rsc`/interface wireguard peers remove [/interface wireguard peers find where comment=${TAG}]`,
  rsc`/ip address remove [/ip address find where comment=${TAG}]`,
];

/**
 * The router makes its key when the interface is made, and keeps it: the interface alone is not made anew, or the hub would
 * know the wrong one. It dials and keeps the way open, so it may stand behind any NAT (routeros.md 7).
 */
export const tunnelOf = ({ tunnel, hubKey, address }: TunnelEnd): Code => rsc`
  ${removeEnds}
  :if ([:len [/interface wireguard find where name=${TAG}]] = 0) do={
  /interface wireguard add name=${TAG} comment=${TAG}
  }
  /interface wireguard peers add interface=${TAG} public-key=${hubKey} endpoint-address=${tunnel.endpoint.host} endpoint-port=${tunnel.endpoint.port} allowed-address=${asRange(hubOf(tunnel))} persistent-keepalive=25s comment=${TAG}
  /ip address add address=${inRange(tunnel, address)} interface=${TAG} comment=${TAG}`;

export const showTunnelKey = (instruction: Code): Code => rsc`
  ${instruction}
  :put [/interface wireguard get [/interface wireguard find where name=${TAG}] public-key]`;

export const removeTunnel: Code = rsc`
  ${removeEnds}
  /interface wireguard remove [/interface wireguard find where name=${TAG}]`;
