/**
 * The onboarding kit: one RouterOS script that makes a router ready for us, and undoes itself. No real router has run it;
 * what it stands on is routeros.md and what operators publish.
 *
 * - The whole is one block: it is read to its end before any of it runs, and `:error` ends it where lines pasted one by one
 *   would go on. All checks stand before the first change.
 * - What is added carries our tag, or our name where a menu has no comments. Each run removes that and adds it again.
 * - What is changed (`changes.ts`) is remembered on the router first.
 * - Bodies stand on lines of their own, and variables are called `ph...`: some versions do not parse `do={ :set a b }`, and
 *   within `find where name=$name` a variable called as a property is the property.
 */
import type { GatewayName } from '../gateways/gateway.ts';
import type { Secret } from '../security/secret.ts';
import { limitedService, loginMethods, rememberedPutBack, userProfile } from './changes.ts';
import type { KitSentences } from './kit-sentences.ts';
import { type ApiService, MODE_VARIABLE, serviceNames, TAG, UNDO } from './names.ts';
import { ascii, type Code, remark, rsc } from './script.ts';
import { removeTunnel, showTunnelKey, tunnelOf, type TunnelEnd } from './tunnel-script.ts';
import { hostsFor, openTo } from './walled-garden.ts';

export type RouterOsVersion = 6 | 7;

export interface Kit {
  readonly version: RouterOsVersion;
  readonly company: string;
  readonly router: string;
  readonly login: { readonly username: string; readonly password: Secret };
  /** Ranges our worker comes from: nobody else may use the API, and the new user from nowhere else. */
  readonly sources: readonly string[];
  /** Those the company has enabled. */
  readonly gateways: readonly GatewayName[];
  /** Where the portal and the phones reach us. */
  readonly apiHost: string;
  /** User profiles, by name, that the company's products sell on this router. */
  readonly profiles: readonly string[];
  /** The one that the worker dials. */
  readonly service: ApiService;
  readonly tunnel: TunnelEnd | null;
}

/**
 * `sensitive`: without it a router shows no hotspot user's password, and ours are compared with what was sold. What is not
 * listed is denied; naming it (`!ftp`) would fail on the versions that do not know the name.
 */
const POLICY = 'api,read,write,sensitive';

/** @returns the script, printable ASCII, ending in a newline. It holds the password in clear */
export function writeKit(kit: Kit, sentences: KitSentences): string {
  const say = (sentence: string): Code => rsc`:put ${ascii(sentence)}`;
  const stop = (sentence: string): Code => rsc`:error ${ascii(sentence)}`;
  const tunnel = kit.version === 7 ? kit.tunnel : null;
  const script = rsc`
    ${remark(sentences.howToRun)}
    {
    :global ${MODE_VARIABLE}
    :local phModo [:tostr $${MODE_VARIABLE}]
    :set ${MODE_VARIABLE} ""
    ${checkVersion(kit.version, stop(sentences.otherVersion(kit.version)))}
    :if ($phModo != ${UNDO}) do={
    ${kit.version === 7 ? checkDeviceMode(say(sentences.deviceMode), stop(sentences.hotspotBlocked)) : []}
    ${kit.service === 'api-ssl' ? checkCertificate(say(sentences.certificate), stop(sentences.noCertificate)) : []}
    ${checkName(kit.login.username, stop(sentences.nameTaken(kit.login.username)))}
    }
    ${removeOurs}
    :if ($phModo = ${UNDO}) do={
    ${tunnel ? removeTunnel : []}
    ${rememberedPutBack}
    ${say(sentences.undone)}
    } else={
    ${addUser(kit)}
    ${limitedService(kit.service, kit.sources)}
    ${kit.sources.map((source) => allowInFirewall(kit.service, source))}
    ${loginMethods}
    ${kit.profiles.map(userProfile)}
    ${hostsFor(kit.apiHost, kit.gateways).map((host) => openTo(host, TAG))}
    ${tunnel ? tunnelOf(tunnel) : []}
    ${say(sentences.done(kit.company, kit.router))}
    ${tunnel ? showTunnelKey(say(sentences.tunnelKey(tunnel.address))) : []}
    ${kit.tunnel && !tunnel ? say(sentences.tunnelNeedsSeven) : []}
    ${say(sentences.deleteFile)}
    }
    }`;
  return `${script.text}\n`;
}

const checkVersion = (version: RouterOsVersion, stop: Code): Code => rsc`
  :if ([:pick [/system resource get version] 0 1] != ${String(version)}) do={
  ${stop}
  }`;

/**
 * Boards leave the factory in a mode that blocks the hotspot (routeros.md 0.7). The menu is hidden from the parser: versions
 * that do not have it would refuse the whole script. It answers yes and no, or true and false.
 */
const checkDeviceMode = (say: Code, stop: Code): Code => rsc`
  :local phHotspot "yes"
  :do {
  :local phPregunta [:parse ":return [/system device-mode get hotspot]"]
  :set phHotspot [:tostr [$phPregunta]]
  } on-error={}
  :if ($phHotspot = "no" || $phHotspot = "false") do={
  ${say}
  ${stop}
  }`;

/** Without one the service speaks TLS that proves nothing, and the worker refuses it (routeros.md 1.4). */
const checkCertificate = (say: Code, stop: Code): Code => rsc`
  :local phCertificado [:tostr [/ip service get api-ssl certificate]]
  :if ($phCertificado = "" || $phCertificado = "none") do={
  ${say}
  ${stop}
  }`;

/** A user of that name which is not ours is a stranger: left alone. */
const checkName = (username: string, stop: Code): Code => rsc`
  :local phMios [:len [/user find where name=${username} and comment=${TAG}]]
  :if ([:len [/user find where name=${username}]] > $phMios) do={
  ${stop}
  }`;

/** One by one: a hotspot derives rows of its own from those of the first menu, with their comment, and keeps them. */
const removeTagged = (menu: Code): Code => rsc`
  :foreach phI in=[${menu} find where comment=${TAG}] do={
  :do {
  ${menu} remove $phI
  } on-error={}
  }`;

const removeOurs = [
  removeTagged(rsc`/ip hotspot walled-garden`),
  removeTagged(rsc`/ip hotspot walled-garden ip`),
  removeTagged(rsc`/ip firewall filter`),
  removeTagged(rsc`/user`),
  rsc`/user group remove [/user group find where name=${TAG}]`,
];

const addUser = ({ login, sources }: Kit): Code => rsc`
  /user group add name=${TAG} policy=${POLICY}
  /user add name=${login.username} group=${TAG} password=${login.password.reveal()} address=${sources.join(',')} comment=${TAG} disabled=no`;

/** MikroTik's own first configuration drops what comes in from elsewhere than the LAN. A rule can only be put before another. */
const allowInFirewall = (service: ApiService, source: string): Code => {
  const rule = rsc`/ip firewall filter add chain=input action=accept protocol=tcp src-address=${source} dst-port=[/ip service get ${serviceNames[service]} port] comment=${TAG}`;
  return rsc`
    {
    :local phReglas [/ip firewall filter find where chain="input" and dynamic=no]
    :if ([:len $phReglas] > 0) do={
    ${rule} place-before=[:pick $phReglas 0]
    } else={
    ${rule}
    }
    }`;
};
