namespace LeNetServe.InferenceServer.Api;

/// <summary>States the query parameters of an endpoint, as its metadata.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class QueryAttribute(params string[] names) : Attribute
{
    /// <summary>Gets the names of the parameters.</summary>
    public IReadOnlyList<string> Names => names;
}
