namespace LeNetServe.EndToEnd.Tests.Documents;

/// <summary>The tests that share one clone, because its installation takes minutes.</summary>
[CollectionDefinition]
public sealed class DocumentClones : ICollectionFixture<DocumentClone>;
