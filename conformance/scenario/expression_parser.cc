// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/expression_parser.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/arithmetic.h"
#include "conformance/scenario/literal_folding.h"
#include "conformance/scenario/syntax_error.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

bool IsKeyword(absl::string_view name) {
  for (const absl::string_view keyword :
       {"and", "async", "await", "del", "else", "for", "if", "in", "is",
        "lambda", "not", "or", "while", "with", "yield"}) {
    if (name == keyword) return true;
  }
  return false;
}

Expression Node(Kind kind, int column) {
  Expression expression;
  expression.kind = kind;
  expression.column = column;
  return expression;
}

Expression Literal(Value value, int column) {
  Expression expression = Node(Kind::kLiteral, column);
  expression.literal = std::move(value);
  return expression;
}

class Parser {
 public:
  Parser(absl::Span<const Token> tokens, int end_column,
         ExpressionSyntax syntax, size_t* expansion)
      : tokens_(tokens),
        end_column_(end_column),
        syntax_(syntax),
        folding_{syntax.objects, expansion} {}

  absl::StatusOr<Expression> ParseAll() {
    absl::StatusOr<Expression> expression = ParseComparison();
    if (!expression.ok()) return expression;
    // `a, b` is a tuple without its parentheses.
    if (Next(",")) {
      Expression tuple = Node(Kind::kTuple, expression->column);
      tuple.operands.push_back(*std::move(expression));
      while (Accept(",") && at_ < tokens_.size()) {
        absl::StatusOr<Expression> item = ParseComparison();
        if (!item.ok()) return item;
        tuple.operands.push_back(*std::move(item));
      }
      expression = std::move(tuple);
    }
    if (at_ < tokens_.size()) return Unexpected();
    return expression;
  }

 private:
  // One level of nesting, as long as it lives.
  class Nested {
   public:
    explicit Nested(Parser* parser) : parser_(parser) { ++parser_->depth_; }
    ~Nested() { --parser_->depth_; }
    bool too_deep() const { return parser_->depth_ > kMaxNesting; }

   private:
    Parser* const parser_;
  };

  bool Next(absl::string_view text) const {
    return at_ < tokens_.size() && tokens_[at_].Is(text);
  }

  bool Accept(absl::string_view text) {
    const bool found = Next(text);
    if (found) ++at_;
    return found;
  }

  int Column() const {
    return at_ < tokens_.size() ? tokens_[at_].column : end_column_;
  }

  absl::Status Error(absl::string_view message) const {
    return SyntaxError(Column(), message);
  }

  absl::Status Unexpected() const {
    if (at_ == tokens_.size()) return Error("something is missing here");
    const Token& token = tokens_[at_];
    if (token.Is("[")) return Error("`[` cannot be used to take an element");
    if (token.Is("=")) return Error("`=` stands behind names only");
    if (token.Is("-")) return Error("`-` is only a sign of numbers");
    if (token.IsName("await")) {
      return Error("`await` stands only at the front of a statement");
    }
    if (token.kind == Token::Kind::kName && IsKeyword(token.text)) {
      return Error(absl::StrCat("`", token.text, "` cannot be used here"));
    }
    return Error(absl::StrCat("unexpected `", token.text.substr(0, 40), "`"));
  }

  absl::StatusOr<Expression> ParseComparison() {
    absl::StatusOr<Expression> left = ParseSum();
    if (!left.ok() || !NextIsComparison()) return left;
    Expression comparison = Node(Kind::kCompare, left->column);
    comparison.name = tokens_[at_++].text;
    absl::StatusOr<Expression> right = ParseSum();
    if (!right.ok()) return right;
    if (NextIsComparison()) return Error("only one comparison can be made");
    comparison.operands.push_back(*std::move(left));
    comparison.operands.push_back(*std::move(right));
    return comparison;
  }

  bool NextIsComparison() const {
    for (const absl::string_view op : {"==", "!=", "<", "<=", ">", ">="}) {
      // The `>` that closes an object is taken by ParseObject.
      if (Next(op)) return true;
    }
    return false;
  }

  absl::StatusOr<Expression> ParseSum() {
    absl::StatusOr<Expression> left = ParseProduct();
    for (int chain = 0; left.ok() && Next("+");) {
      const int column = Column();
      ++at_;
      absl::StatusOr<Expression> right = ParseProduct();
      if (!right.ok()) return right;
      left = Combine(Kind::kAdd, column, folding_, *std::move(left),
                     *std::move(right), &chain);
    }
    return left;
  }

  absl::StatusOr<Expression> ParseProduct() {
    absl::StatusOr<Expression> left = ParseUnary();
    for (int chain = 0; left.ok() && Next("*");) {
      const int column = Column();
      ++at_;
      absl::StatusOr<Expression> right = ParseUnary();
      if (!right.ok()) return right;
      left = Combine(Kind::kMultiply, column, folding_, *std::move(left),
                     *std::move(right), &chain);
    }
    return left;
  }

  absl::StatusOr<Expression> ParseUnary() {
    const Nested nested(this);
    if (nested.too_deep()) return Error("nested too deeply");
    const int column = Column();
    if (Accept("-")) {
      absl::StatusOr<Expression> operand = ParseUnary();
      if (!operand.ok()) return operand;
      if (!operand->is(Kind::kLiteral)) {
        return SyntaxError(column, "`-` is only a sign of numbers");
      }
      absl::StatusOr<Value> value = Negate(operand->literal);
      if (!value.ok()) return SyntaxError(column, value.status().message());
      return Literal(*std::move(value), column);
    }
    if (syntax_.await && at_ < tokens_.size() && tokens_[at_].IsName("await")) {
      ++at_;
      absl::StatusOr<Expression> operand = ParsePostfix();
      if (!operand.ok()) return operand;
      Expression result = Node(Kind::kAwait, column);
      result.operands.push_back(*std::move(operand));
      return result;
    }
    return ParsePostfix();
  }

  absl::StatusOr<Expression> ParsePostfix() {
    absl::StatusOr<Expression> result = ParseAtom();
    for (int chain = 0; result.ok(); ++chain) {
      if (chain > kMaxChain) return Error("too long a chain");
      if (Accept(".")) {
        if (at_ == tokens_.size() || tokens_[at_].kind != Token::Kind::kName) {
          return Error("a name must follow the dot");
        }
        Expression attribute = Node(Kind::kAttribute, result->column);
        attribute.name = tokens_[at_++].text;
        attribute.operands.push_back(*std::move(result));
        result = std::move(attribute);
      } else if (Next("(")) {
        result = ParseCall(*std::move(result));
      } else {
        break;
      }
    }
    return result;
  }

  absl::StatusOr<Expression> ParseCall(Expression callee) {
    if (DottedName(callee).empty()) {
      return Error("only what has a name can be called");
    }
    ++at_;  // "("
    Expression call = Node(Kind::kCall, callee.column);
    call.operands.push_back(std::move(callee));
    while (!Accept(")")) {
      if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].Is("=") &&
          tokens_[at_].kind == Token::Kind::kName) {
        const Token& name = tokens_[at_];
        for (const auto& [other, value] : call.keywords) {
          if (other == name.text) return Error("this argument comes twice");
        }
        at_ += 2;
        absl::StatusOr<Expression> value = ParseComparison();
        if (!value.ok()) return value;
        call.keywords.push_back({name.text, *std::move(value)});
      } else {
        if (!call.keywords.empty()) {
          return Error("an argument without a name follows one with a name");
        }
        absl::StatusOr<Expression> value = ParseComparison();
        if (!value.ok()) return value;
        call.operands.push_back(*std::move(value));
      }
      if (!Next(")") && !Accept(",")) return Missing(")");
    }
    return call;
  }

  absl::Status Missing(absl::string_view bracket) const {
    return at_ == tokens_.size()
               ? Error(absl::StrCat("`", bracket, "` is missing"))
               : Unexpected();
  }

  absl::StatusOr<Expression> ParseAtom() {
    if (at_ == tokens_.size()) return Unexpected();
    const Token& token = tokens_[at_];
    if (token.kind == Token::Kind::kLiteral) return ParseLiteral();
    if (token.kind == Token::Kind::kName) {
      if (IsKeyword(token.text)) return Unexpected();
      ++at_;
      if (token.text == "None") return Literal(Value(), token.column);
      if (token.text == "True") return Literal(true, token.column);
      if (token.text == "False") return Literal(false, token.column);
      Expression name = Node(Kind::kName, token.column);
      name.name = token.text;
      return name;
    }
    if (token.Is("(")) return ParseParentheses();
    if (token.Is("[")) return ParseList();
    if (token.Is("{")) return ParseDict();
    if (token.Is("<") && syntax_.objects) return ParseObject();
    return Unexpected();
  }

  // Strings that follow each other are one.
  absl::StatusOr<Expression> ParseLiteral() {
    Expression result = Literal(tokens_[at_].value, tokens_[at_].column);
    const auto is_text = [](const Value& value) {
      return value.is<Bytes>() || value.is<std::string>();
    };
    ++at_;
    while (at_ < tokens_.size() && is_text(result.literal) &&
           tokens_[at_].kind == Token::Kind::kLiteral &&
           is_text(tokens_[at_].value)) {
      absl::StatusOr<Value> sum =
          Add(std::move(result.literal), tokens_[at_].value);
      if (!sum.ok()) return Error("bytes and text cannot be joined");
      result.literal = *std::move(sum);
      ++at_;
    }
    return result;
  }

  absl::StatusOr<Expression> ParseParentheses() {
    Expression tuple = Node(Kind::kTuple, Column());
    ++at_;
    while (!Accept(")")) {
      absl::StatusOr<Expression> item = ParseComparison();
      if (!item.ok()) return item;
      // One expression without a comma is itself.
      if (tuple.operands.empty() && Accept(")")) return item;
      tuple.operands.push_back(*std::move(item));
      if (!Next(")") && !Accept(",")) return Missing(")");
    }
    return tuple;
  }

  absl::StatusOr<Expression> ParseList() {
    Expression list = Node(Kind::kList, Column());
    ++at_;
    while (!Accept("]")) {
      absl::StatusOr<Expression> item = ParseComparison();
      if (!item.ok()) return item;
      list.operands.push_back(*std::move(item));
      if (!Next("]") && !Accept(",")) return Missing("]");
    }
    return list;
  }

  absl::StatusOr<Expression> ParseDict() {
    Expression dict = Node(Kind::kDict, Column());
    ++at_;
    while (!Accept("}")) {
      absl::StatusOr<Expression> key = ParseComparison();
      if (!key.ok()) return key;
      if (!Accept(":")) return Missing(":");
      absl::StatusOr<Expression> value = ParseComparison();
      if (!value.ok()) return value;
      dict.operands.push_back(*std::move(key));
      dict.operands.push_back(*std::move(value));
      if (!Next("}") && !Accept(",")) return Missing("}");
    }
    return dict;
  }

  absl::StatusOr<Expression> ParseObject() {
    const int column = Column();
    ++at_;
    std::string name;
    while (at_ < tokens_.size() &&
           (tokens_[at_].kind == Token::Kind::kName || tokens_[at_].Is("."))) {
      name += tokens_[at_++].text;
    }
    if (name.empty()) return Error("the name of a class is missing");
    if (!Accept(">")) return Missing(">");
    return Literal(Object{std::move(name)}, column);
  }

  const absl::Span<const Token> tokens_;
  const int end_column_;
  const ExpressionSyntax syntax_;
  const Folding folding_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<Expression> ParseExpression(absl::Span<const Token> tokens,
                                           int end_column,
                                           ExpressionSyntax syntax,
                                           size_t* expansion) {
  size_t budget = std::min(*expansion, kMaxExpressionBytes);
  const size_t granted = budget;
  absl::StatusOr<Expression> result =
      Parser(tokens, end_column, syntax, &budget).ParseAll();
  *expansion -= granted - budget;
  return result;
}

}  // namespace conformance
