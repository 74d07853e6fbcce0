import Screen
import Testing

@testable import Dashboard

@Suite struct ActionTableTests {
    @Test func noTwoActionsOfAScopeShareAKey() {
        for scope in Scope.allCases {
            let keys = ActionTable.entries.filter { $0.scope == scope }.flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "\(scope)")
        }
    }

    /// Keys of a pane must not hide keys that work everywhere: what the help says of a key must be true.
    @Test func noPaneHidesAKeyThatWorksEverywhere() {
        let everywhere = Set(
            ActionTable.entries.filter { $0.scope == .everywhere || $0.scope == .list }.flatMap(\.keys))
        for scope in [Scope.tree, .detail, .subscriptions] {
            let own = Set(ActionTable.entries.filter { $0.scope == scope }.flatMap(\.keys))
            #expect(own.isDisjoint(with: everywhere), "\(scope)")
        }
        let list = ActionTable.entries.filter { $0.scope == .list }.flatMap(\.keys)
        let global = ActionTable.entries.filter { $0.scope == .everywhere }.flatMap(\.keys)
        #expect(Set(list).isDisjoint(with: global))
    }

    @Test func everyActionHasAKeyAndATitle() {
        #expect(Set(ActionTable.entries.map(\.action)) == Set(Action.allCases))
        #expect(ActionTable.entries.allSatisfy { !$0.keys.isEmpty && !$0.title.isEmpty })
    }

    @Test func everyKeyHasANameThatNamesItAgain() {
        for key in ActionTable.entries.flatMap(\.keys) { #expect(Key(name: key.name) == key) }
    }
}
