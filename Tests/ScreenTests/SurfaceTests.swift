import Screen
import Testing

/// Shapes on the grid.
@Suite struct SurfaceTests {
    @Test("A new surface and a reset one are blank")
    func blank() {
        var surface = Surface(size: Size(rows: 2, columns: 3))
        surface.put("abc", row: 0, column: 0, role: .header)
        surface.cursor = (1, 1)
        surface.reset(to: Size(rows: 3, columns: 2))
        #expect(surface.size == Size(rows: 3, columns: 2))
        #expect(surface.cursor == nil)
        for row in 0..<3 { for column in 0..<2 { #expect(surface[row, column] == .blank) } }
        #expect(surface[7, 7] == .blank)
    }

    @Test("Fill blanks cells, also those of which only half of a glyph is inside")
    func fill() {
        var surface = Surface(size: Size(rows: 2, columns: 6))
        surface.put("温度計", row: 0, column: 0, role: .text)
        surface.fill(Rect(row: 0, column: 1, rows: 9, columns: 2), role: .popup)
        #expect(surface.line(0) == "    計")
        #expect(surface[0, 1].role == .popup && surface[1, 2].role == .popup)
        #expect(surface[0, 0].role == .text && surface[0, 3].role == .text)
    }

    @Test("Paint keeps the glyphs and never splits the look of a wide one")
    func paint() {
        var surface = Surface(size: Size(rows: 1, columns: 6))
        surface.put("温度計", row: 0, column: 0, role: .text)
        surface.paint(Rect(row: 0, column: 1, rows: 1, columns: 2), role: .selection, emphasis: .bold)
        #expect(surface.line(0) == "温度計")
        #expect((0..<6).map { surface[0, $0].role } == [.text, .text, .selection, .selection, .text, .text])
        #expect(surface[0, 3].emphasis == .bold)
    }

    @Test("Rules and boxes are clipped to the grid")
    func rules() {
        var surface = Surface(size: Size(rows: 4, columns: 6))
        surface.box(Rect(row: 0, column: 1, rows: 3, columns: 4), role: .popupBorder)
        #expect((0..<4).map(surface.line) == [" ┌──┐", " │  │", " └──┘", ""])
        surface.rule(row: 3, columns: -4..<90, role: .rule)
        surface.rule(column: 5, rows: -4..<3, role: .rule)
        #expect((0..<4).map(surface.line) == [" ┌──┐│", " │  ││", " └──┘│", "──────"])
        let before = surface.line(0)
        surface.box(Rect(row: 0, column: 0, rows: 1, columns: 4), role: .rule)
        #expect(surface.line(0) == before)
    }

    @Test("The cells of a row can be walked without copying them")
    func rows() {
        var surface = Surface(size: Size(rows: 2, columns: 3))
        surface.put("abc", row: 1, column: 0, role: .text)
        #expect(surface.withRow(1) { $0.map(\.text).joined() } == "abc")
    }

    @Test("Rectangles are cut and divided without ever becoming negative")
    func rectangles() {
        let rect = Rect(row: 2, column: 3, rows: 10, columns: 20)
        #expect(rect.inset(rows: 1, columns: 2) == Rect(row: 3, column: 5, rows: 8, columns: 16))
        #expect(rect.inset(rows: 6).isEmpty)
        #expect(rect.split(top: 3).top == Rect(row: 2, column: 3, rows: 3, columns: 20))
        #expect(rect.split(top: 3).rest == Rect(row: 5, column: 3, rows: 7, columns: 20))
        #expect(rect.split(top: 99).rest.isEmpty)
        #expect(rect.split(top: -1).top.isEmpty)
        #expect(rect.split(bottom: 4).bottom == Rect(row: 8, column: 3, rows: 4, columns: 20))
        #expect(rect.split(bottom: 4).rest == Rect(row: 2, column: 3, rows: 6, columns: 20))
        #expect(rect.split(left: 5).rest == Rect(row: 2, column: 8, rows: 10, columns: 15))
        #expect(rect.split(right: 5).right == Rect(row: 2, column: 18, rows: 10, columns: 5))
        #expect(rect.contains(row: 11, column: 22) && !rect.contains(row: 12, column: 22))
        #expect(rect.intersection(Rect(row: 0, column: 0, rows: 3, columns: 4)).size == Size(rows: 1, columns: 1))
        #expect(rect.intersection(Rect(row: 50, column: 0, rows: 3, columns: 4)).isEmpty)
        #expect(rect.centered(Size(rows: 4, columns: 100)) == Rect(row: 5, column: 3, rows: 4, columns: 20))
    }
}
