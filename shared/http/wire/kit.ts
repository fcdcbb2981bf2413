import type { KitSentences } from '../../onboarding/kit-sentences.ts';

/** @param keyPath where the router's public key is posted to */
export const kitSentences = (keyPath: string): KitSentences => ({
  howToRun:
    'Pagos Hotspot. Suba este archivo a Files del router y ejecute: /import file-name=<nombre>. Para deshacer: ejecute :global pagosModo "quitar" y luego impórtelo otra vez.',
  otherVersion: (version) =>
    `Este kit es para RouterOS ${version} y este router tiene otra versión. No se cambió nada. Descargue el kit con ?version=6 o ?version=7.`,
  deviceMode:
    'El modo del equipo (device-mode) no permite el hotspot. Ejecute: /system/device-mode/update hotspot=yes y antes de 5 minutos presione el botón del router (reset o mode) o desconéctelo de la corriente. Cuando haya reiniciado, ejecute este kit otra vez.',
  hotspotBlocked: 'El hotspot está bloqueado por device-mode. No se cambió nada.',
  certificate:
    'Este router se guardó con el puerto 8729, que necesita un certificado. Ejecute: /certificate add name=pagos-api common-name=pagos-api days-valid=3650 y luego /certificate sign pagos-api y luego /ip service set api-ssl certificate=pagos-api. Después ejecute este kit otra vez.',
  noCertificate: 'El servicio api-ssl no tiene certificado. No se cambió nada.',
  nameTaken: (username) =>
    `Ya existe un usuario '${username}' que no es de este kit. No se cambió nada. Cámbiele el nombre y ejecute el kit otra vez.`,
  undone: 'Todo lo que instaló el kit se quitó y lo que cambió quedó como antes.',
  done: (company, router) =>
    `Listo: el router '${router}' de '${company}' quedó configurado. Solo vale el último kit descargado. Para deshacer: ejecute :global pagosModo "quitar" y luego este kit otra vez.`,
  tunnelKey: (address) =>
    `Último paso: la dirección de este router en el túnel es ${address}. Envíe su clave pública a POST ${keyPath} como {"clave_publica": "..."}:`,
  tunnelNeedsSeven:
    'Este sistema llega a los routers por un túnel WireGuard, que necesita RouterOS 7. Actualice el router y descargue el kit otra vez.',
  deleteFile: 'Borre ahora el archivo de este kit en Files: contiene la contraseña.',
});
