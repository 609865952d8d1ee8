// What the live stream said since this page was opened. It carries ids only; words come by asking.
import { useNow } from "../data/clock.ts";
import { ago } from "../data/format.ts";
import { useLink, type LiveNews } from "../data/live.ts";
import { localText } from "../data/prefs.ts";
import { useForm, useNotices } from "../data/records.ts";
import { useSeat, type SeatKey } from "../text/desk.ts";
import { Icon, type IconName } from "../parts/icon.tsx";

const kinds: Record<string, { text: SeatKey; icon: IconName }> = {
  hazard: { text: "newsHazard", icon: "warn" },
  task: { text: "newsTask", icon: "tasks" },
  notice: { text: "newsNotice", icon: "bell" },
};

function Line({ news }: { news: LiveNews }) {
  const { t, lang, texts } = useSeat();
  const now = useNow();
  const form = useForm("hazard").value;
  const kind = kinds[news.topic] ?? { text: "newsHazard", icon: "warn" };
  const state = typeof news.payload["state"] === "string" ? news.payload["state"] : "";
  const id = String(news.payload["record"] ?? news.payload["id"] ?? "");
  const number = String(news.payload["number"] ?? "");
  const word = localText(form?.states[state], lang) || t(kind.text);
  return (
    <li>
      <a href={news.topic === "notice" || !id ? "#/notices" : `#/case/hazard/${id}`}>
        <Icon name={kind.icon} />
        <span className="grow">{number ? `${number} · ${word}` : word}</span>
        <span className="soft num">{ago(news.at, now, texts)}</span>
      </a>
    </li>
  );
}

export function News() {
  const { t } = useSeat();
  const { news } = useLink();
  const notices = useNotices().value?.rows ?? [];
  const { lang } = useSeat();
  return (
    <section className="panel" aria-labelledby="news">
      <h2 id="news">{t("boardNews")}</h2>
      {news.length === 0 && notices.length === 0 && (
        <p className="soft">{t("boardNewsEmpty")}</p>
      )}
      <ul className="lines">
        {news.filter((one) => one.topic !== "task").slice(0, 6).map((one) => (
          <Line key={one.id} news={one} />
        ))}
        {notices.slice(0, 6).map((notice) => (
          <li key={notice.id}>
            <a href={`#/case/${notice.form}/${notice.record_id}`}>
              <Icon name="bell" />
              <span className={`grow${notice.read_at ? "" : " strong"}`}>
                {localText(notice.text, lang)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
