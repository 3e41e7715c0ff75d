namespace LeNetServe.InferenceServer.Api.Page;

/// <summary>Whether the server has a page at its root.</summary>
internal enum PageSwitch
{
    /// <summary>The page is served.</summary>
    On,

    /// <summary>The page's addresses do not exist.</summary>
    Off,
}
