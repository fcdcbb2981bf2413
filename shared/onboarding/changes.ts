/**
 * What the kit changes in things that are not ours, and how it comes back: the value of before is kept on the router, in
 * scripts of ours that hold nothing else (`pagos-hotspot/<what>/<whose>`), written once and read when the kit is undone.
 */
import { type ApiService, serviceNames, TAG } from './names.ts';
import { type Code, rsc } from './script.ts';

/**
 * Frees the place of a phone that came back with another MAC, which is else refused while its old session lives
 * (routeros.md 4.3.6, 6).
 */
const KEEPALIVE = '2m';

/** `http-chap`: a code typed on the router's own page never crosses the air in clear. `mac-cookie`: a phone returns by itself. */
const LOGIN_METHODS = ['http-chap', 'mac-cookie'];

const keyOf = (what: string): string => `${TAG}/${what}/`;

/** Keeps `$phAntes` as what stood before for `$phNombre`, unless an earlier run has. */
const remember = (what: string): Code => rsc`
  {
  :local phClave (${keyOf(what)} . $phNombre)
  :if ([:len [/system script find where name=$phClave]] = 0) do={
  /system script add name=$phClave source=$phAntes comment=${TAG}
  }
  }`;

/** Runs `lines` for each remembered value of this kind, which `$phAntes` is, and whose it was, which `$phNombre` is. */
const putBack = (what: string, lines: Code): Code => rsc`
  :if ([:pick $phClave 0 ${keyOf(what).length}] = ${keyOf(what)}) do={
  :local phNombre [:pick $phClave ${keyOf(what).length} [:len $phClave]]
  ${lines}
  }`;

/** A list as the router gives it, as text that it takes: `a,b`, in `$phAntes`. */
const listed = (get: Code): Code => rsc`
  :local phAntes ""
  :foreach phUno in=[${get}] do={
  :if ([:len $phAntes] > 0) do={
  :set phAntes ($phAntes . ",")
  }
  :set phAntes ($phAntes . $phUno)
  }`;

/** `$phAhora` is `$phAntes` and those of `wanted` that are not among it. */
const extended = (wanted: readonly string[]): Code => rsc`
  :local phAhora $phAntes
  ${wanted.map(
    (one) => rsc`
      :if ([:typeof [:find ("," . $phAhora . ",") ${`,${one},`}]] = "nil") do={
      :if ([:len $phAhora] > 0) do={
      :set phAhora ($phAhora . ",")
      }
      :set phAhora ($phAhora . ${one})
      }`,
  )}`;

/** The API open to our worker, and to those the operator had listed; to nobody else. */
export const limitedService = (service: ApiService, sources: readonly string[]): Code => rsc`
  :local phNombre ${service}
  ${listed(rsc`/ip service get ${serviceNames[service]} address`)}
  ${remember('address')}
  ${extended(sources)}
  :set phAntes "no"
  :if ([:tostr [/ip service get ${serviceNames[service]} disabled]] = "true") do={
  :set phAntes "yes"
  }
  ${remember('disabled')}
  /ip service set ${serviceNames[service]} address=$phAhora disabled=no`;

/** In the profile of every hotspot on the router; the operator's own methods stay. */
export const loginMethods: Code = rsc`
  :foreach phH in=[/ip hotspot find] do={
  :local phNombre [/ip hotspot get $phH profile]
  :foreach phP in=[/ip hotspot profile find where name=$phNombre] do={
  ${listed(rsc`/ip hotspot profile get $phP login-by`)}
  ${remember('login-by')}
  ${extended(LOGIN_METHODS)}
  /ip hotspot profile set $phP login-by=$phAhora
  }
  }`;

/** @param name of a user profile our products sell, as the router gave it */
export const userProfile = (name: string): Code => rsc`
  :foreach phP in=[/ip hotspot user profile find where name=${name}] do={
  :local phNombre [/ip hotspot user profile get $phP name]
  :local phAntes [:tostr [/ip hotspot user profile get $phP keepalive-timeout]]
  :if ($phAntes = "") do={
  :set phAntes "none"
  }
  ${remember('keepalive-timeout')}
  :set phAntes "no"
  :if ([:tostr [/ip hotspot user profile get $phP add-mac-cookie]] = "true") do={
  :set phAntes "yes"
  }
  ${remember('add-mac-cookie')}
  /ip hotspot user profile set $phP keepalive-timeout=${KEEPALIVE} add-mac-cookie=yes
  }`;

const inProfile = (property: Code): Code => rsc`
  :foreach phP in=[/ip hotspot user profile find where name=$phNombre] do={
  /ip hotspot user profile set $phP ${property}=$phAntes
  }`;

export const rememberedPutBack: Code = rsc`
  :foreach phS in=[/system script find where comment=${TAG}] do={
  :local phClave [/system script get $phS name]
  :local phAntes [/system script get $phS source]
  ${putBack('address', rsc`/ip service set $phNombre address=$phAntes`)}
  ${putBack('disabled', rsc`/ip service set $phNombre disabled=$phAntes`)}
  ${putBack(
    'login-by',
    rsc`
      :foreach phP in=[/ip hotspot profile find where name=$phNombre] do={
      /ip hotspot profile set $phP login-by=$phAntes
      }`,
  )}
  ${putBack('keepalive-timeout', inProfile(rsc`keepalive-timeout`))}
  ${putBack('add-mac-cookie', inProfile(rsc`add-mac-cookie`))}
  /system script remove $phS
  }`;
