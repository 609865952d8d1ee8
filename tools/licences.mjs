// No program of ours may load a library under the GPL: reads what the built programs are linked
// to, and fails on every library that the list below does not name with its licence.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// Library (without "lib" and version) to SPDX licence. A new line here is a decision: look into
// /usr/share/doc/PACKAGE/copyright at the files that make the library, not at the packaging.
const licences = {
  drogon: "MIT", trantor: "BSD-3-Clause", jsoncpp: "MIT", "yaml-cpp": "MIT", uuid: "BSD-3-Clause",
  brotlidec: "MIT", brotlienc: "MIT", brotlicommon: "MIT", z: "Zlib", zstd: "BSD-3-Clause",
  pq: "PostgreSQL", mariadb: "LGPL-2.1-or-later", sqlite3: "blessing", hiredis: "BSD-3-Clause",
  cares: "MIT", ssl: "Apache-2.0", crypto: "Apache-2.0", sodium: "ISC", yyjson: "MIT",
  pugixml: "MIT", "pcre2-8": "BSD-3-Clause", qrencode: "LGPL-2.1-or-later", png16: "libpng-2.0",
  gssapi_krb5: "MIT", krb5: "MIT", k5crypto: "MIT", krb5support: "MIT", com_err: "MIT",
  ldap: "OLDAP-2.8", lber: "OLDAP-2.8", sasl2: "BSD-4-Clause", keyutils: "LGPL-2.1-or-later",
  stdc: "GPL-3.0-or-later WITH GCC-exception-3.1", gcc_s: "GPL-3.0-or-later WITH GCC-exception-3.1",
  atomic: "GPL-3.0-or-later WITH GCC-exception-3.1",
  c: "LGPL-2.1-or-later", m: "LGPL-2.1-or-later", resolv: "LGPL-2.1-or-later",
  // libarchive and libxlsxwriter with what Debian's builds bring along.
  archive: "BSD-2-Clause", acl: "LGPL-2.1-or-later", bz2: "bzip2-1.0.6", lz4: "BSD-2-Clause",
  lzma: "0BSD", xml2: "MIT", xxhash: "BSD-2-Clause", xlsxwriter: "BSD-2-Clause", minizip: "Zlib",
  modbus: "LGPL-2.1-or-later", mosquitto: "EPL-2.0", "hpdf-2.3.0": "Zlib", curl: "curl",
  // open62541, and the mbedTLS that Debian builds it with: of "Apache-2.0 OR GPL-2.0-or-later" we
  // take the first.
  open62541: "MPL-2.0", mbedtls: "Apache-2.0", mbedx509: "Apache-2.0", mbedcrypto: "Apache-2.0",
  // What Debian's libcurl brings along. Of "LGPL-3.0-or-later OR GPL-2.0-or-later" we take the
  // first.
  nghttp2: "MIT", nghttp3: "MIT", ssh2: "BSD-3-Clause", psl: "MIT", ffi: "MIT",
  rtmp: "LGPL-2.1-or-later", gnutls: "LGPL-2.1-or-later", "p11-kit": "BSD-3-Clause",
  tasn1: "LGPL-2.1-or-later", gmp: "LGPL-3.0-or-later", nettle: "LGPL-3.0-or-later",
  hogweed: "LGPL-3.0-or-later", idn2: "LGPL-3.0-or-later", unistring: "LGPL-3.0-or-later",
  // Of anlan-vision; X11 and GLX are what Debian's OpenCV core brings along.
  opencv_core: "Apache-2.0", opencv_imgproc: "Apache-2.0", opencv_features2d: "Apache-2.0",
  opencv_calib3d: "Apache-2.0", opencv_flann: "Apache-2.0", jpeg: "IJG AND BSD-3-Clause",
  webp: "BSD-3-Clause", sharpyuv: "BSD-3-Clause", seccomp: "LGPL-2.1-only", tbb: "Apache-2.0",
  lapack: "BSD-3-Clause", blas: "BSD-3-Clause", quadmath: "LGPL-2.1-or-later",
  gfortran: "GPL-3.0-or-later WITH GCC-exception-3.1",
  GLX: "MIT", GLdispatch: "MIT", X11: "MIT", xcb: "MIT", Xau: "MIT", Xdmcp: "MIT",
  pthread: "LGPL-2.1-or-later", dl: "LGPL-2.1-or-later", rt: "LGPL-2.1-or-later",
};

// Copyleft that would reach into our program. The exception of g++'s run time takes it back.
export function isForbidden(licence) {
  return /\b(A?GPL)-/.test(licence.replaceAll("LGPL-", "")) && !/ WITH GCC-exception/.test(licence);
}

// "libpcre2-8.so.0 => ..." is pcre2-8; the loader and the kernel's own page are no libraries.
export function libraryNames(ldd) {
  const names = [...ldd.matchAll(/^\s*(?:\S*\/)?lib([\w.+-]+?)(\+\+)?\.so[.\d]*\s/gm)];
  return [...new Set(names.map((match) => match[1].replace(/\+\+$/, "")))].sort();
}

export function complaints(names, known = licences) {
  return names.flatMap((name) => {
    if (!Object.hasOwn(known, name)) return [`lib${name} is not in the list of tools/licences.mjs`];
    return isForbidden(known[name]) ? [`lib${name} is under ${known[name]}`] : [];
  });
}

function programs(root) {
  const folders = [join(root, "build/release"), join(root, "build/release/tools/verify_ledger")];
  return folders.filter(existsSync).flatMap((folder) => readdirSync(folder)
    .filter((name) => ["anlan", "anlan-vision", "verify_ledger"].includes(name))
    .map((name) => join(folder, name)));
}

function main() {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
  const built = programs(root);
  let failed = built.length === 0;
  if (failed) console.log("there is no program to look at");
  for (const program of built) {
    const ldd = spawnSync("ldd", [program]);
    const names = libraryNames(ldd.stdout.toString());
    if (ldd.status !== 0) failed = true;
    for (const line of complaints(names)) {
      console.log(`${program}: ${line}`);
      failed = true;
    }
    console.log(`${program}: ${names.length} libraries`);
  }
  process.exit(failed ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
