// The page that puts the plant's own certificate on a device. Plain script: it also runs on the
// plain-http door, before anything of the product can.
"use strict";

const byId = (id) => document.getElementById(id);

function speak(language) {
  document.documentElement.lang = language;
  byId("language").textContent = language === "zh" ? "English" : "中文";
}

// The code of the address under which this page was reached comes first: the phone beside it is in
// the same network.
function certificateUrl(urls) {
  const here = location.hostname;
  const isHere = (url) => new URL(url).hostname === here;
  const isOwnMachine = (url) => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);
  return urls.find((url) => isHere(url) && !isOwnMachine(url)) ??
    urls.find((url) => !isOwnMachine(url)) ?? urls[0];
}

function show(authority) {
  byId("name").textContent = authority.name ?? "–";
  byId("fingerprint").textContent = authority.fingerprint ?? "–";
  byId("until").textContent = (authority.not_after ?? "–").slice(0, 10);
  byId("none").hidden = Boolean(authority.fingerprint);
  byId("certificate").hidden = !authority.fingerprint;
  const url = certificateUrl(authority.certificate_urls);
  if (authority.fingerprint && url) {
    byId("code").src = `/api/qr.svg?text=${encodeURIComponent(url)}`;
    byId("code").hidden = false;
  }
  for (const address of authority.addresses) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = address;
    byId("addresses").append(document.createElement("li"));
    byId("addresses").lastElementChild.append(link);
  }
}

speak(navigator.language.toLowerCase().startsWith("en") ? "en" : "zh");
byId("language").addEventListener("click", () => {
  speak(document.documentElement.lang === "zh" ? "en" : "zh");
});
fetch("/api/ca").then((answer) => answer.json()).then(show);
