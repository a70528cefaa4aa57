//! Variables that are made and never used. Parameters may be left unused: who calls a function decides what it is given.

use rsjsonnet_lang::ast::{
    Arg, Assert, Bind, CompSpecPart, Expr, ExprKind, Field, FieldName, Ident, Member, ObjInside, ObjLocal, Param,
};

/// The unused variables of a snippet, in no particular order.
pub(super) fn find<'p>(root: &Expr<'p, '_>) -> Vec<Ident<'p>> {
    let mut walk = Walk { scope: Vec::new(), unused: Vec::new() };
    walk.expr(root);
    walk.unused
}

struct Walk<'p> {
    /// The names that mean something here, the innermost last.
    scope: Vec<Name<'p>>,
    unused: Vec<Ident<'p>>,
}

struct Name<'p> {
    ident: Ident<'p>,
    used: bool,
    /// A variable, not a parameter.
    local: bool,
}

impl<'p> Walk<'p> {
    /// Walks what knows some more names.
    fn within(&mut self, names: impl Iterator<Item = (Ident<'p>, bool)>, inside: impl FnOnce(&mut Self)) {
        let before = self.scope.len();
        self.scope.extend(names.map(|(ident, local)| Name { ident, used: false, local }));
        inside(self);
        let left = self.scope.split_off(before);
        self.unused.extend(left.into_iter().filter(|name| name.local && !name.used).map(|name| name.ident));
    }

    fn used(&mut self, ident: Ident<'p>) {
        if let Some(name) = self.scope.iter_mut().rev().find(|name| name.ident.value == ident.value) {
            name.used = true;
        }
    }

    fn all<'e, 'ast: 'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr<'p, 'ast>>)
    where
        'p: 'ast,
    {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr<'p, '_>) {
        match expr.kind {
            ExprKind::Ident(ident) => self.used(ident),
            ExprKind::Paren(inner)
            | ExprKind::Field(inner, _)
            | ExprKind::SuperIndex(_, inner)
            | ExprKind::Unary(_, inner)
            | ExprKind::Import(inner)
            | ExprKind::ImportStr(inner)
            | ExprKind::ImportBin(inner)
            | ExprKind::Error(inner)
            | ExprKind::InSuper(inner, _) => self.expr(inner),
            ExprKind::Index(left, right) | ExprKind::Binary(left, _, right) => self.all([left, right]),
            ExprKind::If(condition, then, otherwise) => self.all([condition, then].into_iter().chain(otherwise)),
            ExprKind::Slice(of, from, to, step) => {
                self.all(std::iter::once(of).chain(from).chain(to).chain(step));
            }
            ExprKind::Array(items) => self.all(items),
            ExprKind::ArrayComp(item, parts) => self.comprehension(parts, |walk| walk.expr(item)),
            ExprKind::Object(inside) => self.object(inside),
            ExprKind::ObjExt(of, inside, _) => {
                self.expr(of);
                self.object(inside);
            }
            ExprKind::Call(callee, args, _) => {
                self.expr(callee);
                self.all(args.iter().map(|(Arg::Positional(arg) | Arg::Named(_, arg))| arg));
            }
            ExprKind::Local(binds, body) => self.within(binds.iter().map(|bind| (bind.name, true)), |walk| {
                for bind in binds {
                    walk.bind(bind);
                }
                walk.expr(body);
            }),
            ExprKind::Func(params, body) => self.function(params, body),
            ExprKind::Assert(assert, body) => {
                self.assert(assert);
                self.expr(body);
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::SelfObj
            | ExprKind::Dollar
            | ExprKind::String(_)
            | ExprKind::TextBlock(_)
            | ExprKind::Number(_)
            | ExprKind::SuperField(..) => {}
        }
    }

    fn bind(&mut self, bind: &Bind<'p, '_>) {
        match bind.params {
            Some((params, _)) => self.function(params, &bind.value),
            None => self.expr(&bind.value),
        }
    }

    fn function(&mut self, params: &[Param<'p, '_>], body: &Expr<'p, '_>) {
        self.within(params.iter().map(|param| (param.name, false)), |walk| {
            walk.all(params.iter().filter_map(|param| param.default_value.as_ref()));
            walk.expr(body);
        });
    }

    fn assert(&mut self, assert: &Assert<'p, '_>) {
        self.all(std::iter::once(&assert.cond).chain(&assert.msg));
    }

    fn object(&mut self, inside: ObjInside<'p, '_>) {
        match inside {
            ObjInside::Members(members) => {
                // Names of fields do not know the object's variables.
                for member in members {
                    self.field_name(member);
                }
                let locals = members.iter().filter_map(|member| match member {
                    Member::Local(ObjLocal { bind }) => Some((bind.name, true)),
                    Member::Assert(_) | Member::Field(_) => None,
                });
                self.within(locals, |walk| {
                    for member in members {
                        walk.member(member);
                    }
                });
            }
            ObjInside::Comp { locals1, name, body, locals2, comp_spec, .. } => {
                self.comprehension(comp_spec, |walk| {
                    walk.expr(name);
                    let locals = || locals1.iter().chain(locals2);
                    walk.within(locals().map(|local| (local.bind.name, true)), |walk| {
                        for local in locals() {
                            walk.bind(&local.bind);
                        }
                        walk.expr(body);
                    });
                });
            }
        }
    }

    fn field_name(&mut self, member: &Member<'p, '_>) {
        if let Member::Field(field) = member
            && let FieldName::Expr(name, _) = field.name()
        {
            self.expr(name);
        }
    }

    fn member(&mut self, member: &Member<'p, '_>) {
        match member {
            Member::Local(local) => self.bind(&local.bind),
            Member::Assert(assert) => self.assert(assert),
            Member::Field(Field::Value(_, _, _, value)) => self.expr(value),
            Member::Field(Field::Func(_, params, _, _, value)) => self.function(params, value),
        }
    }

    /// Each part knows the names of those before it; what is made of them knows all.
    fn comprehension(&mut self, parts: &[CompSpecPart<'p, '_>], inside: impl FnOnce(&mut Self)) {
        let before = self.scope.len();
        for part in parts {
            match part {
                CompSpecPart::For(part) => {
                    self.expr(&part.inner);
                    self.scope.push(Name { ident: part.var, used: false, local: false });
                }
                CompSpecPart::If(part) => self.expr(&part.cond),
            }
        }
        inside(self);
        self.scope.truncate(before);
    }
}
