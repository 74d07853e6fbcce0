/// What stands for a glyph on a terminal that shows nothing but ASCII.
enum AsciiGlyph {
    /// The stand-in for `scalar`; `?` when nothing is like it.
    static func standIn(for scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x20...0x7e: scalar
        case 0xa0, 0x2000...0x200a, 0x202f, 0x205f: " "
        case 0x2500, 0x2501, 0x2504, 0x2505, 0x2508, 0x2509, 0x254c, 0x254d, 0x2550, 0x2574, 0x2576, 0x2578, 0x257a: "-"
        case 0x2502, 0x2503, 0x2506, 0x2507, 0x250a, 0x250b, 0x254e, 0x254f, 0x2551, 0x2575, 0x2577, 0x2579, 0x257b: "|"
        case 0x2571: "/"
        case 0x2572: "\\"
        case 0x2573: "x"
        case 0x250c...0x254b, 0x2552...0x2570: "+"
        case 0x2581...0x2588: bars[Int(scalar.value) - 0x2581]
        case 0x2589...0x2590, 0x2592...0x259f: "#"
        case 0x2591: ":"
        case 0x2800: " "
        case 0x2801...0x28ff: ":"
        default: others[scalar] ?? "?"
        }
    }

    /// Eighths of a bar, lowest first.
    private static let bars: [Unicode.Scalar] = ["_", "_", ".", "-", "=", "+", "*", "#"]

    private static let others: [Unicode.Scalar: Unicode.Scalar] = [
        "…": "~", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "·": ".", "•": "*", "●": "*", "○": "o", "◌": "o",
        "◐": "o", "◉": "*", "■": "#", "□": "o", "▪": "*", "▫": "o", "▾": "v", "▼": "v", "▽": "v", "▸": ">", "▶": ">",
        "►": ">", "▷": ">", "◂": "<", "◀": "<", "▴": "^", "▲": "^", "△": "^", "◆": "*", "◇": "o", "→": ">", "←": "<",
        "↑": "^", "↓": "v", "↔": "-", "↕": "|", "⇄": "-", "⇅": "|", "⇧": "^", "↵": "<", "⏎": "<", "⟳": "o", "✓": "v",
        "✔": "v", "✗": "x", "✘": "x", "×": "x", "÷": "/", "±": "~", "≈": "~", "≤": "<", "≥": ">", "≠": "!", "°": "o",
        "µ": "u", "μ": "u", "‹": "<", "›": ">", "«": "<", "»": ">", "‘": "'", "’": "'", "‚": ",", "“": "\"", "”": "\"",
        "„": "\"", "⚠": "!", "★": "*", "☆": "*", "¬": "!", "¦": "|", "§": "S", "¶": "P", "©": "c", "®": "r",
    ]
}
