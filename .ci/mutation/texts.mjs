import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

/**
 * The words of log lines and errors, and of what a wait is for, are for people: a test that repeats them notices only that
 * they were reworded.
 */
const texts = {
  shouldIgnore(path) {
    if (!path.isStringLiteral() && !path.isTemplateLiteral()) return
    const told = path.findParent(
      parent =>
        (parent.isNewExpression() && /Error$/.test(parent.node.callee.name)) ||
        (parent.isCallExpression() && parent.node.callee.name === 'waitingUntil' && parent.node.arguments[3] === path.node) ||
        (parent.isCallExpression() && /\blog(ger)?\b/i.test(nameOf(parent.node.callee))),
    )
    return told ? 'words for people' : undefined
  },
}

function nameOf(node) {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'PrivateName') return node.id.name
  if (/MemberExpression$/.test(node.type)) return `${nameOf(node.object)}.${nameOf(node.property)}`
  return ''
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'texts', texts)]
