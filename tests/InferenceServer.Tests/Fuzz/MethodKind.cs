namespace LeNetServe.InferenceServer.Tests.Fuzz;

internal enum MethodKind
{
    Unary,
    Duplex,
}
