namespace LeNetServe.InferenceServer.Access;

/// <summary>
/// States the rule of an endpoint: as metadata of a route, or as an attribute of a gRPC method. Nobody has access to an endpoint without a
/// rule.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AccessAttribute(AccessRule rule) : Attribute
{
    public AccessRule Rule => rule;
}
