package scene

import (
	"iter"
	"math"
	"math/rand/v2"
	"strings"
)

// Saying is what a post says.
type Saying struct {
	Text   string
	Lang   string // BCP 47
	Repost int32  // the post that it passes on word for word; -1: none
}

// languages are those of the texts: how often each is spoken, the sounds that its words are made of, and whether words stand
// without spaces. Words are invented, as common as those of a real language (Zipf's law); the letters are real.
var languages = []struct {
	lang   string
	share  float64
	sounds []string
	joined bool
}{
	{"en", .40, strings.Fields("th er in an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce"), false},
	{"sv", .18, strings.Fields("en de er an tt ar st ör på ll ka ra ta åt va le na in om för ski sk gå nä ma li re ig ck ån"), false},
	{"pl", .14, strings.Fields("nie prze sz cz wa ła ów ść ni ro ka po za wie rzy ko je go dzie ą mi to st ło że ny wy cie trz"), false},
	{"id", .12, strings.Fields("an me ka ng ber di ter pa ran si la ma men ku ya ta sa ba nya per gu da ri lu ke mu"), false},
	{"he", .08, strings.Fields("של את ים לו מה ות הי רא בר כל נו שה אם דב קו לי תה גם חד יש עו פר"), false},
	{"zh-Hant", .08, strings.Fields("的 是 在 有 人 這 中 大 為 上 個 國 我 以 要 他 時 來 用 們 生 到 作 地 於 出 就 分 對 成 會 可 主 發 年 動 同 工 也 能 下 過 子 說 產 種 面 而 方 後 多 定 行 學 法 所 民 得 經 十 三 之 進 著 等 部 度 家 電 力 裡 如 水 化 高 自 二 理 起 小 物 現 實 加 量 都 兩 體 制 機 當 使 點 從 業 本 去 把 性 好 應 開 它 合 還 因 由 其 些 然 前 外 天 政 四 日 那 社 義 事 平 形 相 全 表 間 樣 與 關 各 重 新 線 內 數 正 心 反 你 明 看 原 又 麼 利 比 或 但 質 氣 第 向 道 命 此 變 條 只 沒 結 解 問 意 建 月 公 無 系 軍 很 情 者 最 立 代 想 已 通 並 提 直 題 黨 程 展 五 果 料 象 員 革 位 入 常 文 總 次 品 式 活 設 及 管 特 件 長 求 老 頭 基 資 邊 流 路 級 少 圖 山 統 接 知 較 將 組 見 計 別 她 手 角 期 根 論 運 農 指 幾 九 區 強 放 決 西 被 幹 做 必 戰 先 回 則 任 取 據 處 隊 南 給 色 光 門 即 保 治 北 造 百 規 熱 領 七 海 口 東 導 器 壓 志 世 金 增 爭 濟 階 油 思 術 極 交 受 聯 什 認 六 共 權 收 證 改 清 己 美 再 採 轉 更 單 風 切 打 白 教 速 花 帶 安 場 身 車 例 真 務 具 萬 每 目 至 達 走 積 示 議 聲 報 鬥 完 類 八 離 華 名 確 才 科 張 信 馬 節 話 米 整 空 元 況 今 集 溫 傳 土 許 步 群 廣 石 記 需 段 研 界 拉 林 律 叫 且 究 觀 越 織 裝 影 算 低 持 音 眾 書 布 复 容 兒 須 際 商 非 驗 連 斷 深 難 近 礦 千 週 委 素 技 備 半 辦 青 省 列 習 響 約 支 般 史 感 勞 便 團 往 酸 歷 市 克 何 除 消 構 府 稱 太 準 精 值 號 率 族 維 劃 選 標 寫 存 候 毛 親 快 效 斯 院 查 江 型 眼 王 按 格 養 易 置 派 層 片 始 卻 專 狀 育 廠 京 識 適 屬 圓 包 火 住 調 滿 縣 局 照 參 紅 細 引 聽 該 鐵 價 嚴"), true},
}

const (
	vocabulary = 3000 // words of a language that people use
	everyday   = 12   // things that the brand is always talked about
	copied     = .35  // share of answers that pass a post on as it is
)

// Texts are what the posts say, in their order: everyday words by Zipf's law, words of what the brand is always talked about,
// and, in posts of a story, words of its own that nobody used before or hardly anybody. What carries the tracked tag of a story
// names it by its words and mostly by its hashtag; what does not speaks around it. Answers pass on the words of what they
// answer, some word for word. Nothing in a text says whether it was meant well or ill: moods are the posts'.
func (s *Scene) Texts(seed int64) iter.Seq2[*Post, Saying] {
	return func(yield func(*Post, Saying) bool) {
		t := newTeller(s, seed)
		for i := range s.Posts {
			if !yield(&s.Posts[i], t.say(i)) {
				return
			}
		}
	}
}

// tongue is a language of a scene.
type tongue struct {
	lang    string
	gap     string
	words   []string
	brand   string
	things  [][]string // words of what the brand is always talked about
	stories [][]string // words of each story
}

type teller struct {
	dice
	s       *Scene
	zipf    *rand.Zipf
	tongues []tongue
	speaks  []int8   // language of each post
	texts   []string // of each post, kept for those that pass it on
	pick    []string // of one post
}

func newTeller(s *Scene, seed int64) *teller {
	d := dice{rand.New(rand.NewPCG(uint64(seed), math.Float64bits(s.Brand.Daily)))}
	t := &teller{dice: d, s: s, zipf: rand.NewZipf(d.Rand, 1.12, 3, vocabulary-1)}
	t.speaks, t.texts = make([]int8, len(s.Posts)), make([]string, len(s.Posts))
	stories := int32(0)
	for i := range s.Posts {
		stories = max(stories, s.Posts[i].Story)
	}
	for i := range languages {
		t.tongues = append(t.tongues, t.tongue(i, int(stories)))
	}
	return t
}

func (t *teller) tongue(i, stories int) tongue {
	l := &languages[i]
	to := tongue{lang: l.lang, gap: " "}
	if l.joined {
		to.gap = ""
	}
	known := make(map[string]bool)
	word := func(least, most int) string {
		for {
			var b strings.Builder
			for range least + t.IntN(most-least+1) {
				b.WriteString(l.sounds[t.IntN(len(l.sounds))])
			}
			if w := b.String(); !known[w] {
				known[w] = true
				return w
			}
		}
	}
	for range vocabulary {
		if l.joined {
			to.words = append(to.words, word(2, 3))
		} else { // common words are short
			to.words = append(to.words, word(1+len(to.words)/900, 4))
		}
	}
	to.brand = word(3, 4)
	for range everyday {
		thing := make([]string, 6)
		for k := range thing {
			thing[k] = to.words[100+t.IntN(600)]
		}
		to.things = append(to.things, thing)
	}
	for range stories {
		story := make([]string, 7)
		for k := range story {
			if story[k] = word(2, 4); k%2 == 1 { // every other one was there before, and rare
				story[k] = to.words[900+t.IntN(vocabulary-900)]
			}
		}
		to.stories = append(to.stories, story)
	}
	return to
}

func (t *teller) say(i int) Saying {
	p := &t.s.Posts[i]
	parent := p.Parent
	if parent >= int32(i) { // it came first, through a gap
		parent = -1
	}
	t.speaks[i] = t.language(p, parent)
	if parent >= 0 && t.s.Posts[parent].Topic == p.Topic && t.speaks[i] == t.speaks[parent] && t.Float64() < copied {
		t.texts[i] = t.texts[parent]
		return Saying{Text: t.texts[i], Lang: t.tongues[t.speaks[i]].lang, Repost: parent}
	}
	to := &t.tongues[t.speaks[i]]
	t.pick = append(t.pick[:0], to.brand)
	for range 5 + t.IntN(9) {
		t.pick = append(t.pick, to.words[t.zipf.Uint64()])
	}
	t.about(p, to)
	t.Shuffle(len(t.pick), func(a, b int) { t.pick[a], t.pick[b] = t.pick[b], t.pick[a] })
	text := strings.Join(t.pick, to.gap)
	if tag := t.tag(p, to); tag != "" {
		text += " #" + tag
	}
	t.texts[i] = text
	return Saying{Text: text, Lang: to.lang, Repost: -1}
}

// language is that of what is answered, mostly.
func (t *teller) language(p *Post, parent int32) int8 {
	if parent >= 0 && t.Float64() < .9 {
		return t.speaks[parent]
	}
	x := t.Float64()
	for i := range languages {
		if x -= languages[i].share; x < 0 {
			return int8(i)
		}
	}
	return 0
}

// about puts in what the post is about.
func (t *teller) about(p *Post, to *tongue) {
	words, n := to.things[t.IntN(everyday)], t.IntN(3)
	if p.Story > 0 {
		words = to.stories[p.Story-1]
		if n = t.IntN(2); p.Topic {
			n = 2 + t.IntN(3)
		}
	}
	for range n {
		t.pick = append(t.pick, words[t.IntN(len(words))])
	}
}

// tag is the hashtag of a post. Tags are the same in all languages.
func (t *teller) tag(p *Post, to *tongue) string {
	switch {
	case p.Topic && p.Story > 0 && t.Float64() < .7:
		return t.tongues[0].stories[p.Story-1][0]
	case p.Topic && p.Story == 0:
		return t.tongues[0].things[0][0]
	case t.Float64() < .1:
		return t.tongues[0].brand
	}
	return ""
}
